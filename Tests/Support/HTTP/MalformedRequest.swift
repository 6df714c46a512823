/// A request that no server may take for a good one; what of it could be repeated is the word `zzyzx`.
package struct MalformedRequest: Sendable, CustomStringConvertible {
    package let description: String
    package let bytes: [UInt8]
    /// How many heads of answers may come.
    private let mostHeads: Int

    private init(_ name: String, _ bytes: [UInt8], mostHeads: Int = 1) {
        description = name
        self.bytes = bytes
        self.mostHeads = mostHeads
    }

    /// What is wrong with everything that a server said before it closed, nil where nothing is: it may refuse once, or close.
    package func complaint(about answer: String) -> String? {
        let isRefusal = answer.isEmpty || answer.hasPrefix("HTTP/1.1 4") || answer.hasPrefix("HTTP/1.1 5")
        if !isRefusal { return "\(self): \(answer.prefix(100))" }
        if answer.split(separator: "HTTP/1.1 ").count > mostHeads { return "\(self): more than one answer" }
        return answer.lowercased().contains("zzyzx") ? "\(self): the answer repeats the request" : nil
    }

    /// libmicrohttpd 0.9.75 writes the head of its own answer to these twice, and closes.
    private static func badLength(_ name: String, _ length: String) -> MalformedRequest {
        let head = "GET /ready HTTP/1.1\r\nHost: h\r\nContent-Length: \(length)\r\n\r\n"
        return MalformedRequest(name, Array(head.utf8), mostHeads: 2)
    }

    private static let smuggled = "GET /zzyzx HTTP/1.1\r\nHost: h\r\n\r\n"

    package static let all: [MalformedRequest] = [
        .init(
            "TLS hello",
            [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03] + Array("zzyzx\r\n\r\n".utf8)
        ),
        .init("HTTP/2 preface", Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nzzyzx".utf8)),
        .init("HTTP/0.9", Array("GET /zzyzx\r\n\r\n".utf8)),
        .init("no such version", Array("GET /zzyzx HTTP/9.9\r\n\r\n".utf8)),
        .init("garbage version", Array("GET /zzyzx zzyzx\r\n\r\n".utf8)),
        .init("no spaces", Array("zzyzx\r\n\r\n".utf8)),
        .init("SSH banner", Array("SSH-2.0-zzyzx\r\n".utf8)),
        .init("zeros", [UInt8](repeating: 0, count: 10_000)),
        .init("all bytes", (0..<40_000).map { UInt8(truncatingIfNeeded: $0) }),
        .init("only line ends", Array(String(repeating: "\r\n", count: 20_000).utf8)),
        .init("header without a name", Array("GET /ready HTTP/1.1\r\n: zzyzx\r\n\r\n".utf8)),
        .init("header without a colon", Array("GET /ready HTTP/1.1\r\nzzyzx\r\n\r\n".utf8)),
        .init("NUL header", Array("GET /zzyzx HTTP/1.1\r\n\0zzyzx: 1\r\n\r\n".utf8)),
        badLength("bad length", "zzyzx"),
        badLength("negative length", "-1"),
        badLength("huge length", "99999999999999999999999"),
        .init("64 kB target", Array("GET /zzyzx\(String(repeating: "a", count: 65_536)) HTTP/1.1\r\n\r\n".utf8)),
        .init("64 kB header", Array("GET / HTTP/1.1\r\nX: zzyzx\(String(repeating: "a", count: 65_536))\r\n\r\n".utf8)),
        .init("64 kB method", Array("\(String(repeating: "A", count: 65_536)) / HTTP/1.1\r\n\r\n".utf8)),
        .init(
            "1000 headers",
            Array("GET / HTTP/1.1\r\n\((0..<1000).map { "zzyzx\($0): 1\r\n" }.joined())\r\n".utf8)
        ),
        .init(
            "1000 query items",
            Array("GET /ready?\((0..<1000).map { "\($0)&" }.joined()) HTTP/1.1\r\nHost: zzyzx\r\n\r\n".utf8)
        ),
        .init("other method", Array("ZZYZX /zzyzx HTTP/1.1\r\nHost: zzyzx\r\n\r\n".utf8)),
        .init(
            "a length and chunks",
            Array("POST / HTTP/1.1\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\(smuggled)".utf8)
        ),
        .init(
            "two lengths",
            Array("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nContent-Length: 9\r\n\r\n\(smuggled)".utf8)
        ),
        .init(
            "a length in a chunked world",
            Array("GET / HTTP/1.1\r\nTransfer-Encoding: zzyzx\r\n\r\n\(smuggled)".utf8)
        ),
        .init("unfinished head", Array("GET /ready HTTP/1.1\r\nzzyzx: ".utf8)),
    ]
}
