import Foundation

/// The beginning of an HTTP answer, read off the bytes as they came.
struct AnswerHead {
    let status: Int
    /// Of head and body.
    let length: Int
    /// Whether the server will close the connection.
    let closes: Bool

    /// Nil until the head is complete; throws where it is none, or tells no length.
    init?(_ bytes: UnsafeRawBufferPointer) throws {
        guard let start = bytes.baseAddress else { return nil }
        var offset = 0
        var bodyLength: Int?
        var closes = false
        while let end = memchr(start + offset, 0x0a, bytes.count - offset) {
            let line = (start + offset).assumingMemoryBound(to: CChar.self)
            let next = UnsafeRawPointer(end) - start + 1
            if next - offset <= 2 {
                guard let bodyLength, let status = Self.status(bytes) else { throw Malformed() }
                (self.status, self.closes, length) = (status, closes, next + bodyLength)
                return
            }
            if strncasecmp(line, "content-length:", 15) == 0 { bodyLength = atol(line + 15) }
            if strncasecmp(line, "connection: close", 17) == 0 { closes = true }
            offset = next
        }
        return nil
    }

    /// Of `HTTP/1.1 200 …`.
    private static func status(_ bytes: UnsafeRawBufferPointer) -> Int? {
        let digits = bytes[9..<12].map { Int($0) - 0x30 }
        guard digits.allSatisfy((0...9).contains) else { return nil }
        return digits.reduce(0) { $0 * 10 + $1 }
    }

    struct Malformed: Error, CustomStringConvertible {
        let description = "an answer that is no HTTP, or has no Content-Length"
    }
}
