import Foundation
import TestSupport

/// Asks a server as fast as it answers, a number of times: one thread, some connections, one request at a time on each.
///
/// On each answer it spends a `send`, a `recv` and a look for the answer's length.
package struct LoadClient {
    package enum Manner: Sendable {
        /// Connections are kept.
        case kept
        /// Each request has a connection of its own and asks the server to close it; it counts when that has happened.
        case fresh
    }

    package struct Outcome: Sendable {
        package let seconds: Double
        /// Answers other than 200.
        package let refusals: Int
        /// Connections opened beyond the first ones, where they were to be kept.
        package let reopened: Int
    }

    private struct Connection {
        var socket: Int32 = -1
        var received = 0
        /// Of the whole answer, nil until its head is here.
        var expected: Int?
        var buffer = [UInt8](repeating: 0, count: 16_384)
    }

    private let port: UInt16
    private let manner: Manner
    private let request: [UInt8]
    private let poll = Poll()
    private var connections: [Connection]
    private var started = 0
    private var answered = 0
    private var refusals = 0
    private var reopened = 0

    /// Returns when `requests` have been answered; throws when nothing comes for 5 s.
    package static func run(
        _ requests: Int,
        on port: UInt16,
        _ target: String,
        _ manner: Manner,
        connections: Int = 32
    ) async throws -> Outcome {
        try await onThread {
            var client = LoadClient(port, target, manner, connections)
            return try client.run(requests)
        }
    }

    private init(_ port: UInt16, _ target: String, _ manner: Manner, _ count: Int) {
        self.port = port
        self.manner = manner
        let close = manner == .fresh ? "Connection: close\r\n" : ""
        request = Array("GET \(target) HTTP/1.1\r\nHost: localhost\r\n\(close)\r\n".utf8)
        connections = Array(repeating: Connection(), count: count)
    }

    private mutating func run(_ requests: Int) throws -> Outcome {
        defer { for connection in connections where connection.socket >= 0 { close(connection.socket) } }
        let start = ContinuousClock.now
        for index in connections.indices where started < requests { try ask(index) }
        while answered < requests {
            var ready: [Int] = []
            guard try poll.wait(within: .seconds(5), { ready.append($0) }) else {
                throw SystemFailure("answer \(answered + 1) of \(requests)", code: ETIMEDOUT)
            }
            for index in ready {
                if try takeAnswer(index), started < requests { try ask(index) }
            }
        }
        let seconds = start.duration(to: .now) / .seconds(1)
        return Outcome(seconds: seconds, refusals: refusals, reopened: reopened)
    }

    private mutating func ask(_ index: Int) throws {
        started += 1
        if connections[index].socket < 0 {
            if manner == .kept, started > connections.count { reopened += 1 }
            connections[index].socket = try Self.connect(to: port)
            try poll.add(connections[index].socket, as: index)
        }
        guard send(connections[index].socket, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            throw SystemFailure("send")
        }
    }

    /// Whether the answer is complete, and with ``Manner/fresh`` the connection closed.
    private mutating func takeAnswer(_ index: Int) throws -> Bool {
        let received = connections[index].received
        let socket = connections[index].socket
        let count = connections[index].buffer
            .withUnsafeMutableBytes {
                recv(socket, $0.baseAddress?.advanced(by: received), $0.count - received, 0)
            }
        guard count >= 0 else { throw SystemFailure("recv") }
        connections[index].received += count
        if connections[index].expected == nil {
            let whole = connections[index].received
            let head = try connections[index].buffer.withUnsafeBytes { try AnswerHead(.init(rebasing: $0[..<whole])) }
            if let head, head.status != 200 { refusals += 1 }
            connections[index].expected = head?.length
        }
        let isComplete = connections[index].expected.map { connections[index].received >= $0 } ?? false
        if count == 0 {
            poll.close(socket)
            connections[index].socket = -1
            guard isComplete else { throw SystemFailure("an answer", code: ECONNRESET) }
        }
        guard isComplete, manner == .kept || count == 0 else { return false }
        connections[index].received = 0
        connections[index].expected = nil
        answered += 1
        return true
    }

    private static func connect(to port: UInt16) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemFailure("socket") }
        // On loopback, with room in the server's queue, this ends at once.
        let result = withLoopbackAddress(port: port) { Glibc.connect(descriptor, $0, $1) }
        guard result == 0 else { throw SystemFailure("connect to 127.0.0.1:\(port)") }
        return descriptor
    }
}
