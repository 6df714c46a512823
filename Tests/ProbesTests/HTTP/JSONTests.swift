import Testing

@testable import Probes

struct JSONTests {
    @Test(
        "JSON is read as RFC 8259 says",
        arguments: [
            ("null", .null), (" true ", .boolean(true)), ("-0.5e+10", .number("-0.5e+10")), ("0", .number("0")),
            (#""a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#, .string("a\"\\/\u{8}\u{c}\n\r\té😀")),
            ("[]", .array([])), ("[1, [2] ]", .array([.number("1"), .array([.number("2")])])),
            ("{}", .object([])),
            (
                #"{"a" : {"b": null}, "a": 1}"#,
                .object([
                    .init(name: "a", value: .object([.init(name: "b", value: .null)])),
                    .init(name: "a", value: .number("1")),
                ])
            ),
            (String(repeating: "[", count: 127) + String(repeating: "]", count: 127), nil as JSONValue?),
        ] as [(String, JSONValue?)]
    )
    func valid(text: String, value: JSONValue?) {
        let found = JSONParser.value(in: Array(text.utf8))
        #expect(found != nil)
        if let value { #expect(found == value) }
    }

    @Test(
        "What is no JSON is not taken for it",
        arguments: [
            "", " ", "nul", "True", "01", "-", "1.", ".5", "1e", "+1", "NaN", "0x1", "1 2", "[1,]", "[,1]", "[1", "{",
            "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "\"a", "\"\u{1}\"", #""\x""#, #""\u12""#, #""\ud83d""#,
            #""\ud83dx""#, #""\udc00""#, "'a'", "[1]]", "\u{feff}1", "pong",
            String(repeating: "[", count: 200) + String(repeating: "]", count: 200),
            String(repeating: "[", count: 60_000), String(repeating: "{\"a\":", count: 10_000),
        ]
    )
    func invalid(text: String) {
        #expect(JSONParser.value(in: Array(text.utf8)) == nil)
    }

    @Test("A text cut anywhere, or with a byte that is no UTF-8, is no JSON")
    func cut() {
        let text = Array(#"{"a": [1, -2.5e3, "b\u00e9", true, null], "c": {"d": false}}"#.utf8)
        #expect(JSONParser.value(in: text) != nil)
        for length in text.indices { #expect(JSONParser.value(in: Array(text[..<length])) == nil, "\(length)") }
        #expect(JSONParser.value(in: [0x22, 0xFF, 0x22]) == nil)
    }

    @Test(
        "A path leads to a value, or to none",
        arguments: [
            ("a.b", "1"), ("$.a.b", "1"), ("a['b']", "1"), (#"$["a"]["b"]"#, "1"), ("c[0]", "x"), ("c[1].d", "true"),
            ("$['e.f']", "null"), ("c[2]", nil), ("c.0", nil), ("a[0]", nil), ("a.b.c", nil), ("x", nil),
        ] as [(String, String?)]
    )
    func path(path: String, text: String?) throws {
        let json = #"{"a": {"b": 1}, "c": ["x", {"d": true}], "e.f": null}"#
        let root = try #require(JSONParser.value(in: Array(json.utf8)))
        let parsed = try #require(JSONPath(path))
        #expect(parsed.value(in: root)?.text == text)
    }

    @Test(
        "What is no path",
        arguments: ["", ".", "a.", "a..b", "$a", "a[", "a[]", "a[x]", "a[-1]", "a[+1]", "a['b", "a[0]b"]
    )
    func noPath(text: String) {
        #expect(JSONPath(text) == nil)
    }
}
