import Testing

@testable import Probes

struct RedisReplyParserTests {
    private static let stream =
        "+OK\r\n-ERR no\r\n:-42\r\n$5\r\nhe\r\no\r\n$-1\r\n*-1\r\n*0\r\n*2\r\n*1\r\n:1\r\n$0\r\n\r\n"
    private static let replies: [RedisReply] = [
        .simple("OK"), .error("ERR no"), .integer(-42), .bulk(Array("he\r\no".utf8)), .bulk(nil), .array(nil),
        .array([]),
        .array([.array([.integer(1)]), .bulk([])]),
    ]

    @Test("Replies are found however the bytes are cut")
    func cuts() throws {
        let bytes = Array(Self.stream.utf8)
        for cut in 0...bytes.count {
            var parser = RedisReplyParser()
            var found = try parse(&parser, bytes[..<cut])
            found += try parse(&parser, bytes[cut...])
            #expect(found == Self.replies, "cut at \(cut)")
        }
        var parser = RedisReplyParser()
        #expect(try bytes.flatMap { try parse(&parser, [$0]) } == Self.replies)
    }

    @Test(
        "What is no reply, or larger than any answer, is refused before it is kept",
        arguments: [
            "HTTP/1.1 400 Bad Request\r\n", "\u{15}\u{3}\u{1}", "\u{0}", "$99999999999999999999\r\n", "$65537\r\n",
            "$-2\r\n",
            "*1000000000\r\n", "*-2\r\n", ":\r\n", ":1a\r\n", "$x\r\n", "$1\r\nabc", "+OK\rX",
            "+" + String(repeating: "a", count: 1024),
            String(repeating: "*1\r\n", count: 9),
            "*3\r\n" + String(repeating: "$65536\r\n" + String(repeating: "x", count: 65_536) + "\r\n", count: 2),
        ]
    )
    func malformed(text: String) {
        var parser = RedisReplyParser()
        parser.append(Array(text.utf8))
        #expect(throws: RedisReplyParser.Malformed.self) {
            while try parser.next() != nil {}
        }
    }

    private func parse(_ parser: inout RedisReplyParser, _ bytes: some Sequence<UInt8>) throws -> [RedisReply] {
        parser.append(bytes)
        var found: [RedisReply] = []
        while let reply = try parser.next() { found.append(reply) }
        return found
    }
}
