extension ScriptedServer {
    /// What a scripted server does on a connection.
    package struct Script: Sendable, CustomStringConvertible {
        package let description: String
        let play: @Sendable (Conversation) throws -> Void

        /// `name` shows in the list of a test's arguments.
        package init(_ name: String = "script", _ play: @escaping @Sendable (Conversation) throws -> Void) {
            description = name
            self.play = play
        }
    }

    /// A step of a dialogue.
    package enum Step: Sendable {
        /// Waits for this many bytes.
        case expect(count: Int)
        /// Waits for bytes that end in this text.
        case expectUntil(String)
        case send(String)
        case sendBytes([UInt8])
        /// Ends with a reset.
        case reset
    }
}

/// What any protocol may meet.
extension ScriptedServer.Script {
    /// Those that a client of every protocol must survive.
    package static let misbehaviours: [Self] = [
        .silent, .close, .reset, .banner, .garbage, .tlsRecord, .drip, .flood,
    ]

    /// Accepts and says nothing.
    package static let silent = Self("silent") { $0.stayUntilClosed() }

    /// Accepts and sends the end of the stream.
    package static let close = Self("close") { _ in }

    /// Accepts and resets.
    package static let reset = Self("reset") { $0.reset() }

    /// Speaks another protocol, as it does to every client.
    package static let banner = bytes(Array("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7\r\n".utf8), "banner")

    /// Bytes that are no protocol: all 256 of them, several times, in an order of their own.
    package static let garbage = bytes((0..<2_048).map { UInt8(truncatingIfNeeded: 0x80 &+ $0 &* 167) }, "garbage")

    /// A TLS alert (handshake_failure) to a client that does not speak TLS.
    package static let tlsRecord = bytes([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x28], "tlsRecord")

    /// One byte at a time, for ever: no byte may renew a deadline. What it says could be the beginning of an HTTP answer.
    package static let drip = Self("drip") { conversation in
        try conversation.drip(Array("HTTP/1.1 200 OK\r\nX-Drip: ".utf8))
        while true { try conversation.drip([UInt8(ascii: "a")]) }
    }

    /// Zeros as fast as they are taken.
    package static let flood = Self("flood") { conversation in
        while true { try conversation.send([UInt8](repeating: 0, count: 65_536)) }
    }

    /// Sends `bytes` after accepting, then stays silent.
    package static func bytes(_ bytes: [UInt8], _ name: String = "bytes") -> Self {
        Self(name) { conversation in
            try conversation.send(bytes)
            conversation.stayUntilClosed()
        }
    }

    /// Takes the steps in turn, then stays silent; `closing` sends the end of the stream after the last.
    package static func dialogue(_ steps: [ScriptedServer.Step], closing: Bool = false) -> Self {
        Self("dialogue") { conversation in
            for step in steps {
                switch step {
                case .expect(let count): try conversation.expect(count: count)
                case .expectUntil(let pattern): try conversation.expect(until: pattern)
                case .send(let text): try conversation.send(text)
                case .sendBytes(let bytes): try conversation.send(bytes)
                case .reset: conversation.reset()
                }
            }
            if !closing { conversation.stayUntilClosed() }
        }
    }

    /// Another script for each connection, by its number from 0: to flap, or to fail once.
    package static func each(_ choose: @escaping @Sendable (_ number: Int) -> Self) -> Self {
        Self("each") { try choose($0.number).play($0) }
    }
}
