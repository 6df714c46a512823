import Foundation
import TestSupport
import Transport

@testable import Postgres

extension PostgresFailure {
    var reason: TransportFailure.Reason? {
        if case .transport(let failure) = self { failure.reason } else { nil }
    }
}

extension ScriptedServer.Script {
    /// `N` to SSLRequest, then everything that makes a session, and ReadyForQuery to whatever comes.
    static let drippingTrust = Self("drippingTrust") { conversation in
        try conversation.answerStartup()
        let settings = message("S", Array("client_encoding\0UTF8\0".utf8))
        let session = message("R", [0, 0, 0, 0]) + settings + message("K", [0, 0, 0, 1, 0, 0, 0, 2]) + ready
        try conversation.drip(session, every: .milliseconds(2))
        try conversation.expect(count: 5)
        try conversation.drip(ready, every: .milliseconds(2))
        conversation.stayUntilClosed()
    }

    /// Asks for the password in clear.
    static let drippingClearText = Self("drippingClearText") { conversation in
        try conversation.answerStartup()
        try conversation.drip(message("R", [0, 0, 0, 3]), every: .milliseconds(2))
        conversation.stayUntilClosed()
    }

    /// Lets in, and answers with a row whose length is a claim.
    static let claimingHugeRow = Self("claimingHugeRow") { conversation in
        try conversation.answerStartup()
        try conversation.send(message("R", [0, 0, 0, 0]) + message("K", [0, 0, 0, 1, 0, 0, 0, 2]) + ready)
        try conversation.expect(count: 5)
        try conversation.send([UInt8(ascii: "D"), 0x3f, 0xff, 0xff, 0xff, 0, 1])
        conversation.stayUntilClosed()
    }

    private static let ready = message("Z", [UInt8(ascii: "I")])

    private static func message(_ type: Character, _ body: [UInt8]) -> [UInt8] {
        [type.asciiValue!, 0, 0, 0, UInt8(body.count + 4)] + body
    }
}

extension Conversation {
    /// Says no to TLS and takes the startup packet.
    func answerStartup() throws {
        try expect(count: 8)
        try send("N")
        let length = try expect(count: 4).reduce(0) { $0 << 8 | Int($1) }
        try expect(count: length - 4)
    }
}

extension Collection<UInt8> {
    func contains(sequence: [UInt8]) -> Bool {
        Array(self).firstRange(of: sequence) != nil
    }
}

/// What this process has in memory.
func residentBytes() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    return (Int(status.split(separator: " ").dropFirst().first ?? "") ?? 0) * 4096
}
