import Testing

@testable import Probes

struct AMQPFrameParserTests {
    private static let frames = [
        AMQPFrame(kind: .method, channel: 0, payload: [0, 10, 0, 41, 0]), .heartbeat,
        AMQPFrame(kind: .body, channel: 513, payload: Array(repeating: AMQPFrame.end, count: 300)),
    ]

    @Test("Frames are found however the bytes are cut")
    func cuts() throws {
        let bytes = Self.frames.flatMap(\.bytes)
        for cut in 0...bytes.count {
            var parser = AMQPFrameParser()
            var found = try parse(&parser, bytes[..<cut])
            found += try parse(&parser, bytes[cut...])
            #expect(found == Self.frames, "cut at \(cut)")
        }
        var parser = AMQPFrameParser()
        #expect(try bytes.flatMap { try parse(&parser, [$0]) } == Self.frames)
    }

    @Test("A frame as large as was agreed is taken")
    func largest() throws {
        let frame = AMQPFrame(kind: .header, channel: 1, payload: Array(repeating: 7, count: AMQPFrame.mostBytes - 8))
        var parser = AMQPFrameParser()
        #expect(try parse(&parser, frame.bytes) == [frame])
    }

    @Test(
        "What is no frame, or larger than was agreed, is refused before it is kept",
        arguments: [
            ([0x48, 0x54, 0x54, 0x50], "no AMQP frame"), ([0], "no AMQP frame"), ([4, 0, 0], "no AMQP frame"),
            ([1, 0, 0, 0xff, 0xff, 0xff, 0xff, 0], "a frame of 4294967295 bytes"),
            ([1, 0, 0, 0, 0, 0x1f, 0xf9, 0], "a frame of 8185 bytes"),
            ([8, 0, 0, 0, 0, 0, 0, 0], "a frame without its end"),
            ([0x41, 0x4d, 0x51, 0x51], "no AMQP frame"),
            ([0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1], "the server wants another protocol: AMQP 0 0 9 1"),
            ([8, 0, 0, 0, 0, 0, 0, 0xce, 0x41], "no AMQP frame"),
        ] as [([UInt8], String)]
    )
    func malformed(bytes: [UInt8], word: String) {
        for cut in 0..<bytes.count {
            var parser = AMQPFrameParser()
            let failure = #expect(throws: AMQPFrame.Malformed.self) {
                _ = try parse(&parser, bytes[..<cut])
                _ = try parse(&parser, bytes[cut...])
            }
            #expect(failure?.description == word)
        }
    }

    private func parse(_ parser: inout AMQPFrameParser, _ bytes: some Sequence<UInt8>) throws -> [AMQPFrame] {
        parser.append(bytes)
        var found: [AMQPFrame] = []
        while let frame = try parser.next() { found.append(frame) }
        return found
    }
}
