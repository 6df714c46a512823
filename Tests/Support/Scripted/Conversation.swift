import Foundation
import Synchronization

/// One connection as a script sees it; all calls block, and throw once the client has gone or the server was stopped.
package final class Conversation {
    /// How many connections were accepted before this one.
    package let number: Int
    let socket: PlainSocket
    private let desk: ScriptedServer.Desk
    private var buffer: [UInt8] = []

    init(_ socket: PlainSocket, number: Int, at desk: ScriptedServer.Desk) {
        self.socket = socket
        self.number = number
        self.desk = desk
    }

    /// Takes exactly `count` bytes from the client.
    @discardableResult
    package func expect(count: Int) throws -> [UInt8] {
        while buffer.count < count { try fill() }
        defer { buffer.removeFirst(count) }
        return Array(buffer.prefix(count))
    }

    /// Takes bytes from the client up to and with `pattern`.
    @discardableResult
    package func expect(until pattern: String) throws -> [UInt8] {
        let pattern = Array(pattern.utf8)
        while true {
            if let range = buffer.firstRange(of: pattern) {
                defer { buffer.removeFirst(range.upperBound) }
                return Array(buffer[..<range.upperBound])
            }
            try fill()
        }
    }

    package func send(_ bytes: [UInt8]) throws { try socket.write(bytes) }

    package func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Sends each byte in a segment of its own, `interval` apart.
    package func drip(_ bytes: [UInt8], every interval: Duration = .milliseconds(20)) throws {
        for byte in bytes {
            try send([byte])
            try pause(interval)
        }
    }

    /// Does nothing for a while; ends early, by throwing, when the server is stopped.
    package func pause(_ duration: Duration) throws {
        if try socket.wait(for: 0, within: duration) { throw SystemFailure("pause", code: ECONNRESET) }
    }

    /// Sends the end of the stream and waits until the client closes too.
    package func finish() {
        // A socket that was reset is closed; there is nothing to wait for.
        guard socket.isUsable else { return }
        socket.finishWriting()
        drain()
    }

    /// Reads and says nothing until the client closes.
    package func stayUntilClosed() { drain() }

    /// Ends the connection with a reset.
    package func reset() { socket.reset() }

    /// Writes something down for the test.
    package func note(_ text: String) { desk.state.withLock { $0.notes.append(text) } }

    private func drain() { while (try? fill()) != nil { buffer = [] } }

    private func fill() throws {
        let bytes = try socket.read()
        guard !bytes.isEmpty else { throw SystemFailure("read", code: ECONNRESET) }
        buffer += bytes
        desk.state.withLock { state in
            let room = 1_048_576 - state.received[number].count
            state.received[number] += bytes.prefix(max(room, 0))
        }
    }
}
