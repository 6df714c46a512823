import Foundation
import Health
import Testing

@testable import Gateway

@Suite("Writing JSON and times")
struct WritingTests {
    @Test("Every character comes back from JSON as it went in, and none that HTML or a terminal would obey is bare")
    func strings() throws {
        for scalar in (0...0x2FF).compactMap(Unicode.Scalar.init) + ["\u{2028}", "\u{FFFD}", "😀"] {
            var json = JSONWriter()
            json.array { $0.string("a\(scalar)b") }
            let decoded = try JSONSerialization.jsonObject(with: Data(json.bytes)) as? [String]
            #expect(decoded?.first?.unicodeScalars.elementsEqual("a\(scalar)b".unicodeScalars) == true, "\(scalar)")
            #expect(!json.bytes.contains { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "<") })
        }
    }

    @Test("Members and elements are separated, whatever they hold")
    func structure() {
        var json = JSONWriter()
        json.object { json in
            json.member("a", "1")
            json.member("absent", nil)
            json.key("b")
            json.array { json in
                json.number(1)
                json.object { _ in }
                json.array { _ in }
                json.boolean(false)
            }
            json.key("c")
            json.object { $0.member("d", "") }
        }
        #expect(String(decoding: json.bytes, as: UTF8.self) == #"{"a":"1","b":[1,{},[],false],"c":{"d":""}}"#)
    }

    @Test("What is taken back leaves no trace")
    func rewinding() {
        var json = JSONWriter()
        json.object { json in
            for attempt in 0..<3 {
                let mark = json.mark
                json.member("\(attempt)", "x")
                if attempt != 1 { json.rewind(to: mark) }
            }
        }
        #expect(String(decoding: json.bytes, as: UTF8.self) == #"{"1":"x"}"#)
    }

    @Test(
        "Milliseconds have at most three decimals and no zeros behind",
        arguments: [
            (Duration.zero, "0"), (.milliseconds(12), "12"), (.microseconds(1250), "1.25"), (.microseconds(1), "0.001"),
            (.microseconds(100), "0.1"), (.nanoseconds(999), "0"), (.seconds(30), "30000"),
            (.microseconds(10_010), "10.01"),
        ]
    )
    func milliseconds(duration: Duration, text: String) {
        var json = JSONWriter()
        json.milliseconds(duration)
        #expect(String(decoding: json.bytes, as: UTF8.self) == text)
    }

    @Test("Times of day agree with Foundation's, from 1900 to 2399")
    func times() {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime]
        var milliseconds: Int64 = -2_208_988_800_000
        while milliseconds < 13_569_465_600_000 {
            let seconds = (Double(milliseconds) / 1000).rounded(.down)
            let expected = formatter.string(from: Date(timeIntervalSince1970: seconds)).dropLast()
            let text = Timestamp(milliseconds: milliseconds).rfc3339
            #expect(text.dropLast(5) == expected)
            // A step of some 40 days that hits every time of the day.
            milliseconds += 3_461_234_567
        }
        #expect(Timestamp(milliseconds: 0).rfc3339 == "1970-01-01T00:00:00.000Z")
        #expect(Timestamp(milliseconds: -1).rfc3339 == "1969-12-31T23:59:59.999Z")
        #expect(Timestamp(milliseconds: 951_782_400_250).rfc3339 == "2000-02-29T00:00:00.250Z")
    }
}
