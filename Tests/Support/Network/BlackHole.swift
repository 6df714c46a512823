import Foundation

/// A port of 127.0.0.1 whose connection attempts get no answer at all, as behind a firewall that drops.
///
/// It is a listening socket whose queue is full: Linux then drops the SYN. Nothing ever takes a connection from the queue.
package final class BlackHole: Sendable {
    package let port: UInt16
    private let listener: PlainSocket
    private let fillers: [PlainSocket]

    /// Throws when this kernel answers nevertheless.
    package init() throws {
        port = FreePort.find()
        listener = try PlainSocket.bound(to: .loopback(port))
        guard listen(listener.descriptor, 0) == 0 else { throw SystemFailure("listen") }
        var fillers: [PlainSocket] = []
        while fillers.count < 8 {
            do {
                fillers.append(try PlainSocket.connect(to: .loopback(port), within: .milliseconds(100)))
            } catch let failure as SystemFailure where failure.code == ETIMEDOUT {
                self.fillers = fillers
                return
            }
        }
        throw SystemFailure("a full queue does not drop connections here", code: ENOTSUP)
    }
}

/// A port of 127.0.0.1 that refuses connections for as long as this lives, and that nobody else can take.
package final class RefusedPort: Sendable {
    package let port: UInt16
    private let socket: PlainSocket

    package init() throws {
        port = FreePort.find()
        socket = try PlainSocket.bound(to: .loopback(port))
    }
}
