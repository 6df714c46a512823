import Health
import TestSupport
import Testing

@Suite("Failure codes")
struct FailureCodeTests {
    static let every = FailureCode.Stage.allCases.flatMap { stage in
        FailureCode.Reason.allCases.map { FailureCode(stage, $0) }
    }
    static let stageless = [FailureCode.pending, .stale, .draining]

    @Test("Stages and reasons are called as the contract calls them")
    func names() {
        #expect(
            FailureCode.Stage.allCases.map(\.rawValue)
                == ["resolve", "connect", "secure", "login", "exchange", "assert", "run", "configure"]
        )
        let contract: Set = [
            "not_found", "refused", "unreachable", "timed_out", "closed", "malformed", "denied", "untrusted", "expired",
            "expiring", "name_mismatch", "not_yet_valid", "required", "unsupported", "starting", "recovering",
            "stopping", "overloaded", "busy", "blocked", "read_only", "unexpected", "wrong_role", "lagging",
            "lag_unknown", "broken",
        ]
        let ours = Set(FailureCode.Reason.allCases.map(\.rawValue))
        #expect(contract.isSubset(of: ours))
        #expect(ours.subtracting(contract) == ["pending", "stale", "draining"])
        #expect(FailureCode(.connect, .refused).description == "connect.refused")
        #expect(Self.stageless.map(\.description) == ["pending", "stale", "draining"])
    }

    @Test("Each code has the class that the contract gives it")
    func classes() {
        // CONTRACT section 7, word by word.
        for code in Self.every {
            let expected: FailureClass =
                switch code.description {
                case let name where name.hasPrefix("resolve."): .transient
                case "connect.refused": .starting
                case let name where [".starting", ".recovering", ".stopping"].contains { name.hasSuffix($0) }: .starting
                case let name where [".overloaded", ".busy"].contains { name.hasSuffix($0) }: .overloaded
                case "login.blocked": .overloaded
                case "login.denied", "login.not_found", "login.required": .permanent
                case "secure.untrusted", "secure.expired", "secure.name_mismatch", "secure.required": .permanent
                case "run.not_found", "run.denied": .permanent
                default: .transient
                }
            #expect(code.failureClass == expected, "\(code)")
        }
        for code in Self.stageless { #expect(code.failureClass == .transient) }
    }

    @Test("Every code has a sentence of its own for people, on one line")
    func closedSet() {
        for code in Self.every + Self.stageless {
            #expect(!code.sentence.isEmpty)
            #expect(code.sentence.utf8.count <= 120, "\(code)")
            #expect(code.sentence.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "\(code)")
        }
        let sentences = Set(
            FailureCode.Stage.allCases.flatMap { stage in
                FailureCode.Reason.allCases.prefix { $0 != .pending }.map { FailureCode(stage, $0).sentence }
            }
        )
        #expect(sentences.count == FailureCode.Stage.allCases.count * 26)
    }
}

@Suite("Sentences of failures")
struct SentenceTests {
    @Test("A sentence is place, code and the server's own word")
    func parts() {
        let failure = ProbeFailure(
            FailureCode(.login, .starting),
            at: "primary db:5432",
            "57P03 the database system is starting up"
        )
        #expect(failure.sentence == "primary db:5432: login.starting: 57P03 the database system is starting up")
        #expect(ProbeFailure(.pending).sentence == "pending: not checked yet")
        #expect(ProbeFailure(FailureCode(.run, .unexpected), "exit 3").sentence == "run.unexpected: exit 3")
    }

    @Test("A sentence is at most 256 bytes, cut between characters")
    func cut() {
        let long = ProbeFailure(FailureCode(.login, .denied), at: "db", String(repeating: "é", count: 300)).sentence
        #expect(long.utf8.count == 255 || long.utf8.count == 256)
        #expect(long.last == "é")
        for length in 240...260 {
            let text = String(repeating: "x", count: length)
            #expect(text.oneLine(atMost: 256).utf8.count == min(length, 256))
        }
        #expect("aé".oneLine(atMost: 2) == "a")
        #expect("a😀b".oneLine(atMost: 4) == "a")
    }

    @Test("Control characters become spaces: none can end a line or steer a terminal")
    func controls() {
        for scalar in (0...0x1F).map({ UInt32($0) }) + (0x7F...0x9F).map({ UInt32($0) }) + [0x2028, 0x2029] {
            let text = "a\(Unicode.Scalar(scalar)!)b"
            #expect(ProbeFailure(.stale, text).sentence == "stale: a b", "U+\(String(scalar, radix: 16))")
        }
        #expect("a\r\nb".oneLine(atMost: 10) == "a  b")
    }

    @Test("A sentence holds no control character and fits, whatever an upstream sends", arguments: 1...100)
    func anything(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let bytes = (0..<Int.random(in: 0...600, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        let sentence = ProbeFailure(FailureCode(.exchange, .malformed), String(decoding: bytes, as: UTF8.self)).sentence
        #expect(sentence.utf8.count <= 256)
        #expect(!sentence.unicodeScalars.contains { $0.properties.generalCategory == .control })
    }
}

@Suite("Names of checks")
struct CheckNameTests {
    @Test("RFC 1123 labels are names", arguments: ["a", "db", "db-2", "0", "a--b", String(repeating: "a", count: 63)])
    func valid(text: String) {
        #expect(CheckName(text)?.description == text)
    }

    @Test(
        "Anything else is not",
        arguments: [
            "", "-a", "a-", "A", "a_b", "a.b", "a b", "ä", "open", "a\n", "a/b", String(repeating: "a", count: 64),
        ]
    )
    func invalid(text: String) {
        #expect(CheckName(text) == nil)
    }
}
