import Testing
import Transport

@testable import Postgres

struct PlaintextGuardTests {
    private static let clearText: [UInt8] = message([0, 0, 0, 3])

    private static func message(_ body: [UInt8]) -> [UInt8] {
        [UInt8(ascii: "R"), 0, 0, 0, UInt8(body.count + 4)] + body
    }

    private func judge(
        _ bytes: [UInt8],
        at stage: Handle.Stage = .authenticating,
        forbidsClearText: Bool = true
    ) -> String {
        let guardian = PlaintextGuard(forbidsClearText: forbidsClearText)
        return switch bytes.withUnsafeBytes({ guardian.judge($0, at: stage) }) {
        case .harmless: "harmless"
        case .undecided: "undecided"
        case .refused(let failure): "\(failure.stage).\(failure.reason)"
        }
    }

    @Test("A request for the password in clear is refused, unless clear text is allowed")
    func clearText() {
        #expect(judge(Self.clearText) == "secure.unsupported")
        #expect(judge(Self.clearText + [1, 2, 3]) == "secure.unsupported")
        #expect(judge(Self.clearText, forbidsClearText: false) == "harmless")
    }

    @Test("A request that has come in part is not let through", arguments: 1...8)
    func inPart(count: Int) {
        #expect(judge(Array(Self.clearText.prefix(count))) == "undecided")
    }

    @Test("Honest servers are let through", arguments: [[0, 0, 0, 5, 1, 2, 3, 4], [0, 0, 0, 10, 65, 0, 0]])
    func honest(body: [UInt8]) {
        #expect(judge(Self.message(body)) == "harmless")
    }

    @Test("What follows the end of the authentication is let through", arguments: [UInt8(0), 12])
    func afterTheEnd(code: UInt8) {
        #expect(judge(Self.message([0, 0, 0, code]) + Self.message([0, 0, 0, 0])) == "harmless")
    }

    @Test("A second message behind one that asks for an answer is refused, in part as well")
    func outOfTurn() {
        let mechanisms = Self.message([0, 0, 0, 10, 65, 0, 0])
        #expect(judge(mechanisms + Self.clearText) == "login.malformed")
        #expect(judge(mechanisms + [UInt8(ascii: "R")], forbidsClearText: false) == "login.malformed")
    }

    @Test("The answer to SSLRequest is one byte")
    func negotiation() {
        #expect(judge([UInt8(ascii: "N")], at: .negotiating) == "harmless")
        #expect(judge([UInt8(ascii: "S")], at: .negotiating) == "harmless")
        #expect(judge([UInt8(ascii: "N")] + Self.clearText, at: .negotiating) == "login.malformed")
        #expect(judge(Array("SSH-2.0".utf8), at: .negotiating) == "login.malformed")
        #expect(judge(Array("E\0\0\0\u{9}FATAL".utf8), at: .negotiating) == "harmless")
    }

    @Test("Lengths that no message has do not confuse it")
    func absurdLengths() {
        #expect(judge([UInt8(ascii: "R"), 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 9]) == "harmless")
        #expect(judge([UInt8(ascii: "R"), 0, 0, 0, 0, 0, 0, 0, 9]) == "login.malformed")
    }
}
