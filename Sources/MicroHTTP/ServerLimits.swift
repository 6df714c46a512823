/// How much of the machine clients may take (CONTRACT section 11, "Server limits").
package struct ServerLimits: Hashable, Sendable {
    /// Open connections over all listen addresses; fewer where the process's descriptors do not suffice.
    package var connections: Int

    /// Requests that are held back at a time; the rest is answered at once.
    package var waiters: Int

    /// Bytes of one connection for request head and answer head; what does not fit is 414 or 431.
    package var connectionMemory: Int

    /// A connection on which nothing moves for this long is closed. Whole seconds.
    package var idle: Duration

    /// The first request's head must be complete this long after the connection was accepted, however its bytes come.
    package var requestHead: Duration

    /// Descriptors that clients never get: for checks, files and the server's own sockets.
    package var reservedDescriptors: Int

    package init(
        connections: Int = 1024,
        waiters: Int = 256,
        connectionMemory: Int = 8192,
        idle: Duration = .seconds(20),
        requestHead: Duration = .seconds(5),
        reservedDescriptors: Int = 32
    ) {
        self.connections = connections
        self.waiters = waiters
        self.connectionMemory = connectionMemory
        self.idle = idle
        self.requestHead = requestHead
        self.reservedDescriptors = reservedDescriptors
    }

    /// How many requests are really held back: however many were asked for, a quarter of the connections stays for those
    /// who want an answer now.
    package var mostHeld: Int { min(waiters, connections - connections / 4) }
}
