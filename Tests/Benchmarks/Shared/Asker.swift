import Foundation
import TestSupport

/// Asks one server again and again on a connection that it keeps, with as little of its own as can be. For one thread.
package final class Asker {
    private let port: UInt16
    private let request: [UInt8]
    private var socket: PlainSocket?
    private var buffer: [UInt8] = []

    package init(port: UInt16, target: String) {
        self.port = port
        request = Array("GET \(target) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
    }

    /// The status of one answer, nil where there was none; waits 5 s at most.
    package func status() -> Int? { try? ask() }

    /// Throws where nobody listens.
    package func connect() throws {
        if socket == nil { socket = try PlainSocket.connect(to: .loopback(port)) }
    }

    private func ask() throws -> Int {
        try connect()
        guard let socket else { throw SystemFailure("connect", code: ENOTCONN) }
        self.socket = nil
        try socket.write(request)
        buffer.removeAll(keepingCapacity: true)
        while true {
            let more = try socket.read(within: .seconds(5))
            guard !more.isEmpty else { throw SystemFailure("read", code: ECONNRESET) }
            buffer += more
            guard let head = try buffer.withUnsafeBytes({ try AnswerHead($0) }), buffer.count >= head.length else {
                continue
            }
            if !head.closes { self.socket = socket }
            return head.status
        }
    }
}
