import Configuration
import Testing
import Transport

@testable import Probes

private typealias Expectation = Probes.Expectation

struct ExpectationTests {
    @Test(
        "A value is met by its own text, by numbers as numbers, and by the operators",
        arguments: [
            ("80", "80", true), ("80", "80.0", true), ("80", "81", false), ("t", "t", true), ("", "", true),
            ("= >= 5", ">= 5", true), ("==x", "x", true),
            (">= 80", "80", true), (">= 80", "79", false), (">=80", "1e3", true), (">= 80", "many", false),
            ("<= 0.5", "0.25", true), ("> 9007199254740992", "9007199254740993", true), ("< -1", "-2", true),
            (">= 0", "nan", false), ("!= 0", "0.0", false), ("!= 0", "1", true), ("!= idle", "busy", true),
            ("not empty", "x", true), ("not empty", "", false),
            ("~ ^[0-9]+$", "42", true), ("~^ok", "not ok", false), ("~ grün", "ist grün.", true),
            ("~ ^b$", "a\nb\nc", true), ("~ a.b", "a\nb", false),
        ]
    )
    func table(text: String, value: String, isMet: Bool) async throws {
        let loop = try EventLoop()
        try loop.start(named: "test")
        defer { loop.stop() }
        let expectation = try Expectation(text)
        #expect(try await met(expectation, value, on: loop) == isMet)
        #expect(await loop.load.slots == 0)
    }

    @Test(
        "What is no expectation is refused with a reason",
        arguments: [
            (">= many", "'>=' needs a number after it, as '>= 80'"),
            ("~ (", "Unmatched ( or \\( in ("),
            ("~", "a regular expression must not be empty"),
            (#"~ (a)\1"#, #"a back-reference (\1) is not supported in a regular expression"#),
            (#"~ \d+"#, #"POSIX regular expressions have no \d: write [0-9]"#),
        ]
    )
    func refused(text: String, reason: String) {
        #expect(throws: Mistake(reason)) { try Expectation(text) }
    }

    @Test(
        "A backslash inside brackets is no escape",
        arguments: [#"[\1]"#, #"[]\1]"#, #"[^]\d]"#, #"[[:alpha:]\1]"#, #"a\.b"#, #"\w+"#, #"\\1"#]
    )
    func brackets(text: String) throws {
        _ = try Pattern(text)
    }
}

struct PatternTests {
    @Test("A text that keeps an expression busy costs the probe its deadline and the loop nothing")
    func catastrophe() async throws {
        let loop = try EventLoop()
        try loop.start(named: "test")
        defer { loop.stop() }
        let pattern = try Pattern("(a+)+$")
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: 16_384) + [UInt8(ascii: "b")]
        let others = Task(executorPreference: loop.executor) { await turns(of: loop) }
        let network = Network()
        await #expect(throws: TransportFailure(.exchange, .timedOut)) {
            try await search(pattern, text, with: network, for: .milliseconds(100), on: loop)
        }
        others.cancel()
        // Dozens of sleeps fit in, if only the loop is free; on it, the match would have taken two seconds.
        #expect(await others.value > 2)
        #expect(await loop.load.slots == 0)
    }

    @Test("A text may hold zeros and bytes that are no UTF-8")
    func bytes() async throws {
        let loop = try EventLoop()
        try loop.start(named: "test")
        defer { loop.stop() }
        let pattern = try Pattern("end$")
        let network = Network()
        #expect(try await search(pattern, [0, 0xff, 0] + Array("the end".utf8), with: network, on: loop))
        #expect(try await search(pattern, Array("end\u{0}".utf8), with: network, on: loop) == false)
        #expect(try await search(pattern, [], with: network, on: loop) == false)
    }
}

private func met(_ expectation: Expectation, _ value: String, on loop: isolated EventLoop) async throws -> Bool {
    try await expectation.isMet(by: value, with: Network(), until: loop.now + .seconds(60), on: loop)
}

private func search(
    _ pattern: Pattern,
    _ text: [UInt8],
    with network: Network,
    for patience: Duration = .seconds(60),
    on loop: isolated EventLoop
) async throws -> Bool {
    try await pattern.matches(text, with: network, until: loop.now + patience, on: loop)
}

/// How often the loop lets a short sleep end, until the task is cancelled.
private func turns(of loop: isolated EventLoop) async -> Int {
    var count = 0
    while await loop.sleep(until: loop.now + .milliseconds(2)) == .deadline { count += 1 }
    return count
}
