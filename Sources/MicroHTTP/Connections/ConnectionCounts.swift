/// Open connections by what they do, for `allclear_connections{state}`.
package struct ConnectionCounts: Hashable, Sendable {
    /// Without a request in work.
    package let idle: Int

    /// A request is being answered.
    package let active: Int

    package init(idle: Int, active: Int) {
        self.idle = idle
        self.active = active
    }
}
