import Foundation
import Synchronization
import TestSupport

/// A stand-in for Redis that can change its mind at a rhythm: it answers PING with PONG, or, while it flaps, in every other
/// second with an error.
package final class FlappingRedis: Sendable {
    package let port: UInt16
    private let state = Mutex(State())

    private struct State {
        var flaps = false
        var isStopped = false
        var firstAnswer: ContinuousClock.Instant?
    }

    package init() throws {
        port = FreePort.find()
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let bound = withLoopbackAddress(port: port) { bind(listener, $0, $1) }
        guard bound == 0, listen(listener, 4_096) == 0 else { throw SystemFailure("listen on port \(port)") }
        Thread.detachNewThread { [self] in serve(listener) }
    }

    /// Whether it denies itself in every other second.
    package var flaps: Bool {
        get { state.withLock { $0.flaps } }
        set { state.withLock { $0.flaps = newValue } }
    }

    /// When it first answered a PING since the last `forget()`.
    package var firstAnswer: ContinuousClock.Instant? { state.withLock { $0.firstAnswer } }
    package func forget() { state.withLock { $0.firstAnswer = nil } }

    package func stop() { state.withLock { $0.isStopped = true } }

    /// A socket's number in the poll is its descriptor.
    private func serve(_ listener: Int32) {
        let poll = Poll()
        var buffer = [UInt8](repeating: 0, count: 4_096)
        var open: Set<Int32> = []
        try? poll.add(listener, as: Int(listener))
        while !state.withLock({ $0.isStopped }) {
            _ = try? poll.wait(within: .milliseconds(100)) { number in
                let socket = Int32(number)
                if socket == listener {
                    let accepted = accept(listener, nil, nil)
                    guard accepted >= 0 else { return }
                    try poll.add(accepted, as: Int(accepted))
                    open.insert(accepted)
                } else if case let count = recv(socket, &buffer, buffer.count, 0), count > 0 {
                    let reply = answer(to: buffer[..<count])
                    _ = send(socket, reply, reply.count, Int32(MSG_NOSIGNAL))
                } else {
                    poll.close(socket)
                    open.remove(socket)
                }
            }
        }
        for socket in open.union([listener]) { close(socket) }
    }

    /// Clients send their few commands in one piece.
    private func answer(to bytes: ArraySlice<UInt8>) -> [UInt8] {
        let words = String(decoding: bytes, as: UTF8.self).split { $0.isNewline || $0 == " " }
        var reply = ""
        for word in words {
            switch word {
            case "HELLO": reply += "*2\r\n+server\r\n+redis\r\n"
            case "PING": reply += isWell() ? "+PONG\r\n" : "-ERR out of order\r\n"
            default: break
            }
        }
        return Array(reply.utf8)
    }

    private func isWell() -> Bool {
        state.withLock { state in
            if state.firstAnswer == nil { state.firstAnswer = .now }
            return !state.flaps || Int(Date.now.timeIntervalSince1970) % 2 == 0
        }
    }
}
