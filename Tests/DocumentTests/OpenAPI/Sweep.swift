import Configuration
import Gateway
import TestSupport

/// Asks the gateway in every scene for every path in every way, and remembers the answers.
struct Sweep {
    struct Answer {
        let scene: Scene
        /// As the document has it: `/ready/{name}`.
        let path: String
        let method: String
        let request: String
        /// Refused for its head, whatever the path.
        let isRefusal: Bool
        let reply: HTTPReply
    }

    private(set) var answers: [Answer] = []

    init(_ document: OpenAPIDocument) async throws {
        for scene in Scene.allCases {
            let gateway = try await ScriptedGateway(scene)
            // The same pages, only larger.
            let few = ["/ready", "/healthz", "/livez", "/health/live"]
            let paths = scene == .crowded ? few : document.paths
            let names = ["nobody"] + gateway.plan.checks.prefix(2).map(\.name) + ["ready"]
            for path in paths {
                let isNamed = path.contains("{name}")
                for target in isNamed ? names.map({ path.replacing("{name}", with: $0) }) : [path] {
                    try await ask(gateway, scene, path, target)
                }
            }
            await gateway.stop()
        }
    }

    private mutating func ask(
        _ gateway: ScriptedGateway,
        _ scene: Scene,
        _ path: String,
        _ target: String
    ) async throws {
        for method in ["GET", "HEAD", "OPTIONS"] {
            for (detail, query) in Self.questions {
                let request = "\(method) \(target)\(query) HTTP/1.1\r\nHost: localhost\r\n\r\n"
                try await ask(gateway.client(detail), scene, path, method, request)
            }
            let foreign = "\(method) \(target)?verbose HTTP/1.1\r\nHost: evil.example.org\r\n\r\n"
            try await ask(gateway.client(), scene, path, method, foreign)
        }
        for method in ["GET", "HEAD"] {
            let openMetrics = "\(method) \(target) HTTP/1.1\r\nHost: a\r\nAccept: application/openmetrics-text\r\n\r\n"
            try await ask(gateway.client(), scene, path, method, openMetrics)
        }
        guard scene == .clear else { return }
        for (method, request) in Self.refused(target) {
            try await ask(gateway.client(), scene, path, method, request, isRefusal: true)
        }
    }

    private mutating func ask(
        _ client: SimpleHTTPClient,
        _ scene: Scene,
        _ path: String,
        _ method: String,
        _ request: String,
        isRefusal: Bool = false
    ) async throws {
        let reply = try await client.exchange(request, isHead: method == "HEAD")
        answers.append(
            Answer(
                scene: scene,
                path: path,
                method: method,
                request: String(request.prefix(100)),
                isRefusal: isRefusal,
                reply: reply
            )
        )
    }

    /// Queries and the detail of the listener that they come to.
    private static let questions: [(Listener.Detail, String)] = [
        (.summary, ""), (.summary, "?verbose"), (.summary, "?format=text"), (.summary, "?nonsense"),
        (.status, "?verbose"), (.full, "?verbose"),
    ]

    /// Requests that are refused before their path is looked at.
    private static func refused(_ target: String) -> [(method: String, request: String)] {
        let long = String(repeating: "a", count: 10_000)
        return [
            ("POST", "POST \(target) HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("GET", "GET \(target) HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"),
            ("GET", "GET \(target) HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"),
            ("GET", "GET \(target) HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
            ("GET", "GET \(target) HTTX/1.1\r\nHost: a\r\n\r\n"),
            ("GET", "GET \(target)?\(long) HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("GET", "GET \(target) HTTP/1.1\r\nHost: a\r\nX-Long: \(long)\r\n\r\n"),
            ("GET", "GET \(target) HTTP/2.0\r\nHost: a\r\n\r\n"),
        ]
    }
}
