import Configuration
import Foundation
import Health
import Logging
import TestSupport
import Testing

@testable import Gateway

@Suite("Log lines")
struct LineFormatTests {
    static let text = LineFormat(.text) { Timestamp(milliseconds: TestGateway.epoch) }
    static let json = LineFormat(.json) { Timestamp(milliseconds: TestGateway.epoch) }

    @Test("A line for people is time, level, message, and fields by name")
    func people() {
        #expect(
            Self.text.line(.warning, "check changed", ["to": "fail", "check": "db", "reason": "db:5432: no"])
                == #"2026-11-24T19:17:02.000Z warning check changed check=db reason="db:5432: no" to=fail"#
        )
        #expect(Self.text.line(.info, "stopped", [:]) == "2026-11-24T19:17:02.000Z info stopped")
    }

    @Test("A line for machines is one JSON object")
    func machines() {
        #expect(
            Self.json.line(.warning, "check changed", ["to": "fail", "check": "db"])
                == #"{"time":"2026-11-24T19:17:02.000Z","level":"warning","message":"check changed","check":"db","to":"fail"}"#
        )
    }

    static let hostile = [
        "", " ", "a b", "a=b", "\"", "\\", "\\\"", "a\nb", "a\r\nlevel=critical", "\u{1b}[31mred", "\u{7f}", "\u{2028}",
        "{\"level\":\"critical\"}", "ä😀", "%s%n%x", "\u{0}",
    ]

    @Test("No text can end its line, begin another field or steer a terminal", arguments: hostile)
    func injection(value: String) throws {
        for format in [Self.text, Self.json] {
            let line = format.line(.info, value, ["a": "\(value)", "z": "end"])
            #expect(!line.unicodeScalars.contains { $0.properties.generalCategory == .control || $0 == "\u{2028}" })
        }
        let clean = value.oneLine(atMost: 1000)
        let object = try JSONSerialization.jsonObject(with: Data(Self.json.line(.info, "m", ["a": "\(value)"]).utf8))
        #expect((object as? [String: String])?["a"] == clean)
        let text = Self.text.line(.info, "m", ["a": "\(value)", "z": "end"])
        let isPlain = !clean.isEmpty && !clean.contains { " \"=\\".contains($0) }
        let escaped = clean.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        #expect(text.hasSuffix(isPlain ? " a=\(clean) z=end" : " a=\"\(escaped)\" z=end"))
    }

    @Test("The line at start names three hundred checks whole")
    func longLine() {
        let checks = (0..<300).map { "check-\($0)=postgres://host-\($0):5432/database (allclear.yaml:\($0))" }
        let value = checks.joined(separator: ", ")
        #expect(Self.text.line(.notice, "checking", ["checks": "\(value)"]).contains(value))
    }

    @Test("Dropped lines are told of in the format of all others")
    func dropped() throws {
        #expect(
            Self.text.line(countingDropped: 7)
                == "2026-11-24T19:17:02.000Z warning log lines were dropped, as nobody read them count=7"
        )
        let object = try JSONSerialization.jsonObject(with: Data(Self.json.line(countingDropped: 7).utf8))
        #expect((object as? [String: String])?["count"] == "7")
    }

    @Test("A logger writes events from its level on, with its own fields among theirs")
    func handler() async throws {
        let pipe = try SmallPipe()
        defer { pipe.closeReader() }
        let writer = LineWriter(descriptor: pipe.writer) { "\($0)" }
        var logger = Logger(label: "test") { _ in
            LineLogHandler(level: .notice, format: Self.text, writer: writer)
        }
        logger[metadataKey: "own"] = "1"
        logger.info("not written")
        logger.notice("first", metadata: ["a": "2"])
        logger.error("second", metadata: ["own": "3"])
        writer.flush(within: .seconds(30))
        pipe.closeWriter()
        let lines = try await onThread { pipe.read() }.split(separator: "\n").map { $0.dropFirst(25) }
        #expect(lines == ["notice first a=2 own=1", "error second own=3"])
    }
}
