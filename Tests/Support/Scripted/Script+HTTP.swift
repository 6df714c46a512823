import Foundation

/// What a client of HTTP may meet. Each reads one request head first.
extension ScriptedServer.Script {
    /// Answers with `text` as it stands, then stays silent, or closes.
    package static func http(_ text: String, _ name: String = "http", closing: Bool = false) -> Self {
        Self(name) { conversation in
            try conversation.expect(until: "\r\n\r\n")
            try conversation.send(text)
            if !closing { conversation.stayUntilClosed() }
        }
    }

    /// Half a head, then a reset.
    package static let resetMidway = Self("resetMidway") { conversation in
        try conversation.expect(until: "\r\n\r\n")
        try conversation.send("HTTP/1.1 200 OK\r\nContent-Le")
        conversation.reset()
    }

    /// Half a head, then the end of the stream; curl calls that 200.
    package static let endMidway = http("HTTP/1.1 200 OK\r\nContent-Le", "endMidway", closing: true)

    /// A whole head, half the body, then the end of the stream.
    package static let endInBody = http(
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        "endInBody",
        closing: true
    )

    /// A body without a head.
    package static let http09 = http("<html>an answer of 1991</html>\r\n", "http09", closing: true)

    /// A body without a length that never ends, a chunk every 10 ms.
    package static let endlessBody = endless("endlessBody", "a chunk\n", every: .milliseconds(10))

    /// A body without a length that never ends, as fast as it is taken.
    package static let floodBody = endless("floodBody", String(repeating: "x", count: 65_536), every: nil)

    /// A head of a mebibyte.
    package static let hugeHead = http(
        "HTTP/1.1 200 OK\r\n"
            + String(repeating: "X-Pad: \(String(repeating: "a", count: 1_013))\r\n", count: 1_024)
            + "Content-Length: 2\r\n\r\nok",
        "hugeHead"
    )

    /// 10 KiB that unpack to 10 MiB.
    package static let gzipBomb = Self("gzipBomb") { conversation in
        let folder = try TemporaryFolder("gzip")
        let command = "head -c 10485760 /dev/zero | gzip -9 >'\(folder.file("bomb"))'"
        try Tool.runBlocking(["/bin/sh", "-c", command])
        let body = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("bomb"))))
        try conversation.expect(until: "\r\n\r\n")
        let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(body.count)\r\n\r\n"
        try conversation.send(Array(head.utf8) + body)
        conversation.stayUntilClosed()
    }

    /// A chunk whose length is no number.
    package static let badChunk = http(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\nnot a chunk\r\n",
        "badChunk"
    )

    /// A body that is shorter than its length says, on a connection that stays open.
    package static let longContentLength = http(
        "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort",
        "longContentLength"
    )

    /// A length that is no number.
    package static let badContentLength = http(
        "HTTP/1.1 200 OK\r\nContent-Length: banana\r\n\r\nshort",
        "badContentLength"
    )

    /// Interim answers without end, one every 5 ms.
    package static let endlessContinue = Self("endlessContinue") { conversation in
        try conversation.expect(until: "\r\n\r\n")
        while true {
            try conversation.send("HTTP/1.1 100 Continue\r\n\r\n")
            try conversation.pause(.milliseconds(5))
        }
    }

    /// Sends the client elsewhere.
    package static func redirect(to location: String) -> Self {
        http("HTTP/1.1 302 Found\r\nLocation: \(location)\r\nContent-Length: 0\r\n\r\n", "redirect")
    }

    /// A failure whose body would run as a script in a page that shows it.
    package static func failing(status: Int = 500) -> Self {
        let body = "<script>alert('upstream')</script>\n"
        return http("HTTP/1.1 \(status) Broken\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)", "failing")
    }

    private static func endless(_ name: String, _ piece: String, every interval: Duration?) -> Self {
        Self(name) { conversation in
            try conversation.expect(until: "\r\n\r\n")
            try conversation.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
            while true {
                try conversation.send(piece)
                if let interval { try conversation.pause(interval) }
            }
        }
    }
}
