/// What a probe needs of the outside world, made once and handed to every probe.
package struct Network: Sendable {
    /// Finds and opens ways to servers.
    package let connector: Connector
    /// Runs what may block.
    package let sideThreads: SideThreads

    /// The processes that probes have running.
    package let children: Children

    package init(
        resolver: Resolver = Resolver(),
        sideThreads: SideThreads = SideThreads(),
        children: Children = Children()
    ) {
        connector = Connector(resolver: resolver)
        self.sideThreads = sideThreads
        self.children = children
    }
}
