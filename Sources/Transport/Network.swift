/// What a probe needs of the outside world, made once and handed to every probe.
package struct Network: Sendable {
    /// Finds and opens ways to servers.
    package let connector: Connector
    /// Runs what may block.
    package let sideThreads: SideThreads
    /// Starts programs.
    package let children: Children
    /// Whom to trust, and as whom to appear.
    package let tlsContexts = TLSContexts()
    /// How it names itself to HTTP servers, as `allclear/1.0`, so that they can keep probes out of their logs.
    package let userAgent: String

    package init(
        resolver: Resolver = Resolver(),
        sideThreads: SideThreads = SideThreads(),
        children: Children = Children(),
        userAgent: String = "allclear"
    ) {
        connector = Connector(resolver: resolver)
        self.sideThreads = sideThreads
        self.children = children
        self.userAgent = userAgent
    }
}
