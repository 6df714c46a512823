import Foundation
import Synchronization

/// A small HTTP/1.1 server whose answers a test writes; it keeps connections alive, and notes each request.
package final class HTTPOrigin: Sendable {
    /// A request as it came.
    package struct Request: Sendable {
        package var method: String
        package var target: String
        /// Names in lower case; of a repeated one the last.
        package var headers: [String: String]
        package var body: [UInt8]
    }

    /// An answer; `Content-Length` is added unless `headers` has it.
    package struct Response: Sendable {
        package var status: Int
        package var headers: [(name: String, value: String)]
        package var body: [UInt8]

        package init(_ status: Int = 200, headers: [(name: String, value: String)] = [], body: String = "") {
            self.status = status
            self.headers = headers
            self.body = Array(body.utf8)
        }
    }

    private let server: ScriptedServer
    private let requestsSeen = Mutex<[Request]>([])

    /// Answers by the path without its query; other paths get 404.
    package convenience init(_ routes: [String: Response], onUnixSocket: Bool = false) throws {
        try self.init(onUnixSocket: onUnixSocket) { request in
            routes[request.target.prefix { $0 != "?" }.description] ?? Response(404, body: "no such path\n")
        }
    }

    /// Answers each request by `answer`, on a thread of the connection.
    package init(onUnixSocket: Bool = false, answer: @escaping @Sendable (Request) -> Response) throws {
        // The script needs this server's notebook, and this server the script.
        server = try onUnixSocket ? ScriptedServer(onUnixSocket: .silent) : ScriptedServer(.silent)
        server.script = ScriptedServer.Script("origin") { [weak self] conversation in
            while true {
                let request = try Self.request(from: conversation)
                self?.requestsSeen.withLock { $0.append(request) }
                try conversation.send(Self.bytes(of: answer(request), withBody: request.method != "HEAD"))
                if request.headers["connection"]?.lowercased() == "close" { return }
            }
        }
    }

    deinit { stop() }

    package var address: ServerAddress { server.address }
    package var port: UInt16 { server.port }
    /// The path of the unix socket.
    package var path: String { server.path }
    /// The requests so far.
    package var requests: [Request] { requestsSeen.withLock { $0 } }
    /// Connections accepted so far.
    package var acceptedCount: Int { server.acceptedCount }
    /// Connections that clients have not closed yet.
    package var openCount: Int { server.openCount }

    /// Refuses connections from now on, and `listenAgain` ends that.
    package func refuse() { server.refuse() }
    package func listenAgain() throws { try server.listenAgain() }

    /// Ends all connections and gives the port back.
    package func stop() { server.stop() }

    private static func request(from conversation: Conversation) throws -> Request {
        let lines = String(decoding: try conversation.expect(until: "\r\n\r\n"), as: UTF8.self)
            .components(separatedBy: "\r\n").filter { !$0.isEmpty }
        let words = (lines.first ?? "").split(separator: " ").map(String.init)
        guard words.count == 3 else { throw SystemFailure("request line", code: EBADMSG) }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        let body = try conversation.expect(count: headers["content-length"].flatMap { Int($0) } ?? 0)
        return Request(method: words[0], target: words[1], headers: headers, body: body)
    }

    private static func bytes(of response: Response, withBody: Bool) -> [UInt8] {
        var head = "HTTP/1.1 \(response.status) Status\r\n"
        for (name, value) in response.headers { head += "\(name): \(value)\r\n" }
        if !response.headers.contains(where: { $0.name.lowercased() == "content-length" }) {
            head += "Content-Length: \(response.body.count)\r\n"
        }
        return Array("\(head)\r\n".utf8) + (withBody ? response.body : [])
    }
}
