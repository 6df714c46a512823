internal import MicroHTTP
internal import Synchronization

/// Tells `/metrics` of the server's connections, though the server comes to be after its handler.
final class ConnectionCounter: Sendable {
    private let server = Mutex<WeakServer>(WeakServer())

    private struct WeakServer {
        weak var server: Server?
    }

    func count(for server: Server) {
        self.server.withLock { $0.server = server }
    }

    @Sendable
    func current() -> ConnectionCounts? {
        server.withLock { $0.server }?.connections
    }
}
