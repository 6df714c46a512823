import Foundation
import Synchronization

/// What an HTTP server answered, bit for bit.
package struct HTTPReply: Sendable {
    /// The first line, such as `HTTP/1.1 200 OK`.
    package var statusLine: String
    package var status: Int
    /// In the order in which they came.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The value of the first header of this name, without regard to case.
    package subscript(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// A plain HTTP/1.1 client that keeps its connection as long as the server does, and hides nothing.
///
/// One request at a time. A kept connection that turns out closed is an error, not opened anew: ask `isConnected`.
package final class SimpleHTTPClient: Sendable {
    private let address: ServerAddress
    private let bound: Duration
    private let connection = Mutex<PlainSocket?>(nil)
    private let opened = Mutex(0)

    /// `bound` holds for each wait, not for the whole.
    package init(_ address: ServerAddress, within bound: Duration = .seconds(30)) {
        self.address = address
        self.bound = bound
    }

    package convenience init(port: UInt16) { self.init(.loopback(port)) }

    /// Connections opened so far.
    package var connectionCount: Int { opened.withLock { $0 } }

    /// Whether the last answer left the connection open.
    package var isConnected: Bool { connection.withLock { $0 != nil } }

    package func get(_ target: String, headers: [String: String] = [:]) async throws -> HTTPReply {
        try await request("GET", target, headers: headers)
    }

    package func head(_ target: String, headers: [String: String] = [:]) async throws -> HTTPReply {
        try await request("HEAD", target, headers: headers)
    }

    /// Sends a request with `Host`, unless `headers` has one, and `Content-Length` where there is a body.
    package func request(
        _ method: String,
        _ target: String,
        headers: [String: String] = [:],
        body: String? = nil,
        version: String = "HTTP/1.1"
    ) async throws -> HTTPReply {
        var fields = headers
        if fields["Host"] == nil, version == "HTTP/1.1" { fields["Host"] = "localhost" }
        if let body { fields["Content-Length"] = "\(body.utf8.count)" }
        let lines = fields.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }.joined()
        let text = "\(method) \(target) \(version)\r\n\(lines)\r\n\(body ?? "")"
        return try await exchange(text, isHead: method == "HEAD")
    }

    /// Sends `text` as it stands, which need not be HTTP at all, and reads one answer.
    package func exchange(_ text: String, isHead: Bool = false) async throws -> HTTPReply {
        try await onThread { try self.exchangeBlocking(text, isHead: isHead) }
    }

    /// The same on the calling thread, for tests that are not async.
    ///
    /// - Parameter endsWriting: whether the end of the stream follows `text`.
    package func exchangeBlocking(
        _ text: String,
        isHead: Bool = false,
        endsWriting: Bool = false
    ) throws -> HTTPReply {
        try connection.withLock { connection in
            let socket = try connection ?? PlainSocket.connect(to: address, within: bound)
            if connection == nil { opened.withLock { $0 += 1 } }
            connection = nil
            try socket.write(Array(text.utf8))
            if endsWriting { socket.finishWriting() }
            var reader = ReplyReader(socket, bound)
            let reply = try reader.next(isHead: isHead)
            if reply.staysOpen { connection = socket }
            return reply.reply
        }
    }

    /// Closes the connection.
    package func close() { connection.withLock { $0 = nil } }
}

/// Reads one answer off a connection (RFC 9112): by length, by chunks, or to the end.
private struct ReplyReader {
    private let socket: PlainSocket
    private let bound: Duration
    private var buffer: [UInt8] = []

    init(_ socket: PlainSocket, _ bound: Duration) {
        self.socket = socket
        self.bound = bound
    }

    mutating func next(isHead: Bool) throws -> (reply: HTTPReply, staysOpen: Bool) {
        let lines = try line(endingIn: "\r\n\r\n").components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count > 1, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            throw SystemFailure("status line '\(lines[0])'", code: EBADMSG)
        }
        let headers = lines.dropFirst()
            .map { line in
                let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                return (String(parts[0]), parts.dropFirst().first?.trimmingCharacters(in: .whitespaces) ?? "")
            }
        var reply = HTTPReply(statusLine: lines[0], status: status, headers: headers, body: [])
        if status / 100 == 1 {
            let final = try next(isHead: isHead)
            return final
        }
        let wish = reply["Connection"]?.lowercased()
        var staysOpen = words[0] == "HTTP/1.1" ? wish != "close" : wish == "keep-alive"
        if isHead || status == 204 || status == 304 {
            // No body, whatever the headers say.
        } else if reply["Transfer-Encoding"]?.lowercased() == "chunked" {
            while case let size = Int(try line(endingIn: "\r\n"), radix: 16) ?? 0, size > 0 {
                reply.body += try bytes(size)
                _ = try bytes(2)
            }
            _ = try bytes(2)
        } else if let length = reply["Content-Length"].flatMap({ Int($0) }) {
            reply.body = try bytes(length)
        } else {
            while case let more = try socket.read(within: bound), !more.isEmpty { buffer += more }
            reply.body = buffer
            staysOpen = false
        }
        return (reply, staysOpen)
    }

    private mutating func line(endingIn end: String) throws -> String {
        let end = Array(end.utf8)
        while true {
            if let range = buffer.firstRange(of: end) {
                defer { buffer.removeFirst(range.upperBound) }
                return String(decoding: buffer[..<range.lowerBound], as: UTF8.self)
            }
            try fill()
        }
    }

    private mutating func bytes(_ count: Int) throws -> [UInt8] {
        while buffer.count < count { try fill() }
        defer { buffer.removeFirst(count) }
        return Array(buffer.prefix(count))
    }

    private mutating func fill() throws {
        let more = try socket.read(within: bound)
        guard !more.isEmpty else {
            let so = String(decoding: buffer, as: UTF8.self)
            throw SystemFailure("the server closed after '\(so)'", code: ECONNRESET)
        }
        buffer += more
    }
}
