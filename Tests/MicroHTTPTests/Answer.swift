import Foundation

/// One HTTP answer as it came.
struct Answer: Equatable {
    let status: Int
    let headers: [String: String]
    let body: String

    subscript(_ header: String) -> String? { headers[header.lowercased()] }

    /// Whether the server said that it will close the connection.
    var closes: Bool { self["Connection"]?.lowercased() == "close" }

    /// Nil while `bytes` hold no whole answer.
    static func parse(_ bytes: [UInt8], isBodyLeftOut: Bool) -> (Answer, length: Int)? {
        guard let headEnd = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<headEnd.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        guard let status = lines[0].split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...]
                .trimmingCharacters(in: .whitespaces)
        }
        let bodyLength = isBodyLeftOut || status < 200 ? 0 : headers["content-length"].flatMap { Int($0) } ?? 0
        guard bytes.count >= headEnd.upperBound + bodyLength else { return nil }
        let length = headEnd.upperBound + bodyLength
        let body = String(decoding: bytes[headEnd.upperBound..<length], as: UTF8.self)
        return (Answer(status: status, headers: headers, body: body), length)
    }
}
