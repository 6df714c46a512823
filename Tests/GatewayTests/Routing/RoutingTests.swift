import Configuration
import Health
import MicroHTTP
import TestSupport
import Testing

@testable import Gateway

@Suite("Routes, through the real server")
struct RoutingTests {
    static let yaml = """
        checks:
          db: {url: 'test://db', failureThreshold: 1}
          cache: {url: 'test://cache', required: false}
        gates: {quorum: {any: [db, cache]}, mine: [cache]}
        """

    /// `ready` closed, `startup` open, `healthz` open; `cache` passes, `db` fails.
    static func gateway() throws -> TestGateway {
        let gateway = try TestGateway(yaml)
        gateway.begin()
        gateway.pass("db", "cache")
        gateway.fail("db", .connect, .refused, at: "db:5432")
        return gateway
    }

    @Test(
        "Every path and alias answers its gate's code",
        arguments: [
            ("/healthz", 200), ("/livez", 200), ("/health/live", 200),
            ("/ready", 503), ("/readyz", 503), ("/health", 503), ("/health/ready", 503), ("/", 503),
            ("/startup", 200), ("/startupz", 200), ("/health/started", 200),
            ("/ready/db", 503), ("/ready/cache", 200), ("/ready/quorum", 503), ("/ready/mine", 200),
            ("/ready/ready", 503), ("/ready/startup", 200), ("/ready/healthz", 200),
            ("/healthz/db", 503), ("/healthz/cache", 200),
            ("/metrics", 200), ("/openapi.yaml", 200),
        ]
    )
    func paths(path: String, status: Int) async throws {
        let site = try Self.gateway().serve()
        let client = site.client()
        let get = try await client.get(path)
        #expect(get.status == status)
        #expect(get["Content-Length"] == "\(get.body.count)")
        #expect(!get.body.isEmpty)
        if path != "/openapi.yaml" { #expect(get["Cache-Control"] == "no-store") }
        #expect(get["Retry-After"] == (status == 503 ? "1" : nil))
        #expect(client.http.isConnected)

        let head = try await client.request("HEAD", path)
        #expect(head.status == status)
        #expect(head.body.isEmpty)
        #expect(head["Content-Type"] == get["Content-Type"])
        if path != "/metrics" { #expect(head["Content-Length"] == get["Content-Length"]) }

        let options = try await client.request("OPTIONS", path)
        #expect(options.status == status)
        #expect(options["Allow"] == "GET, HEAD, OPTIONS")
        #expect(options.body.isEmpty)
        #expect(client.http.isConnected)
        #expect(client.http.connectionCount == 1)
    }

    @Test(
        "Unknown paths and names are 404, however near they come",
        arguments: [
            "/ready/nobody", "/healthz/nobody", "/healthz/quorum", "/startup/db", "/ready/", "/ready/db/", "/Ready",
            "//ready", "/ready//db", "/re%61dy", "/ready%2Fdb", "/ready/d%62", "/healthz/", "/metrics/", "/events",
            "/history", "/favicon.ico", "/ready/db%00", "/ready;x", "/..", "/../ready", "/ready/DB",
        ]
    )
    func unknown(path: String) async throws {
        let site = try Self.gateway().serve()
        let reply = try await site.get(path)
        #expect(reply.status == 404)
        #expect(reply["Content-Type"] == "application/problem+json")
        #expect(reply.text.contains(#""status":404"#))
        // Nothing that came with the request comes back.
        #expect(!reply.text.contains("nobody"))
    }

    @Test("OPTIONS * is 200 with Allow and no body, whatever the gates say; only OPTIONS may ask that")
    func asterisk() async throws {
        let site = try Self.gateway().serve()
        let options = try await site.client().request("OPTIONS", "*")
        #expect(options.status == 200)
        #expect(options["Allow"] == "GET, HEAD, OPTIONS")
        #expect(options.body.isEmpty)
        #expect(try await site.status("*") == 404)
    }

    @Test(
        "Absolute targets are served, whatever their host",
        arguments: ["http://a.example/ready", "HTTP://x:1/ready"]
    )
    func absolute(target: String) async throws {
        let site = try Self.gateway().serve()
        #expect(try await site.status(target) == 503)
        #expect(try await site.status("http://a.example") == 503)
        #expect(try await site.status("http://a.example/healthz") == 200)
        #expect(try await site.status("http://a.example/ready/cache?verbose") == 200)
        #expect(try await site.status("ftp://a.example/ready") == 404)
    }

    @Test("HTTP/1.0 without a Host is served on every gate path")
    func oldClients() async throws {
        let site = try Self.gateway().serve()
        for (path, status) in [("/ready", 503), ("/healthz", 200), ("/ready/cache?verbose", 200), ("/", 503)] {
            let reply = try await site.client().http.exchange("GET \(path) HTTP/1.0\r\n\r\n")
            #expect(reply.status == status)
        }
    }

    @Test(
        "Other methods are refused before anything else is looked at",
        arguments: ["POST", "PUT", "DELETE", "TRACE", "get"]
    )
    func methods(method: String) async throws {
        let site = try Self.gateway().serve()
        let reply = try await site.client().request(method, "/nowhere?bad=1")
        #expect(reply.status == 405)
        #expect(reply["Allow"] == "GET, HEAD, OPTIONS")
    }

    @Test("A foreign Host gets the gates' codes, but no details")
    func foreignHost() async throws {
        let site = try Self.gateway().serve(hosts: ["status.example.org"])
        for host in ["evil.example", "evil.example:8484", "status.example.org.evil.example", "1.2.3.4.evil.example"] {
            #expect(try await site.status("/ready", ["Host": host]) == 503)
            #expect(try await site.status("/healthz", ["Host": host]) == 200)
            #expect(try await site.status("/ready/cache?exclude=db", ["Host": host]) == 200)
            #expect(try await site.status("/metrics", ["Host": host]) == 200)
            for path in ["/healthz?verbose", "/ready?verbose=1", "/?verbose", "/healthz/db?verbose=true&format=text"] {
                let reply = try await site.get(path, ["Host": host])
                #expect(reply.status == 421)
                #expect(!reply.text.contains("db"))
                #expect(!reply.text.contains("evil"))
            }
            #expect(try await site.status("/healthz?verbose=0", ["Host": host]) == 200)
        }
    }

    @Test("Requests are counted by known path and code: a thousand others add nothing")
    func countedPaths() async throws {
        let gateway = try Self.gateway()
        let site = try gateway.serve()
        let client = site.client()
        for path in ["/ready", "/ready", "/healthz", "/ready/db", "/ready/cache", "/ready?nonsense=1"] {
            _ = try await client.get(path)
        }
        func series() async throws -> [Substring] {
            try await client.get("/metrics").text.split(separator: "\n").filter { $0.hasPrefix("allclear_http") }
        }
        let before = try await series()
        #expect(
            before == [
                #"allclear_http_requests_total{path="/healthz",code="200"} 1"#,
                #"allclear_http_requests_total{path="/ready",code="400"} 1"#,
                #"allclear_http_requests_total{path="/ready",code="503"} 2"#,
                #"allclear_http_requests_total{path="/ready/{name}",code="200"} 1"#,
                #"allclear_http_requests_total{path="/ready/{name}",code="503"} 1"#,
            ]
        )
        for number in 0..<1000 { #expect(try await client.get("/path-\(number)?q=\(number)").status == 404) }
        let after = try await series().filter { !$0.contains("/metrics") }
        #expect(after == before)
    }
}
