import Configuration
import Health
import MicroHTTP
import TestSupport
import Testing

@testable import Gateway

@Suite("Documents as they shall be")
struct GoldenTests {
    static let yaml = """
        service: {name: mayan, version: "4", release: "4.9.1", description: documents}
        checks:
          db: {url: 'test://db', period: 5s, timeout: 1s, failureThreshold: 1, jitter: 0%}
          cache: {url: 'test://cache', required: false, failureThreshold: 1, jitter: 0%}
          app: {url: 'test://app', jitter: 0%, warnAfter: 20ms}
          late: {url: 'test://late', initialDelay: 1m, required: false}
        gates: {writer: {any: [db, app]}}
        """

    /// A gateway 2.5 s after its start, at which there is something of everything.
    static func gateway(details: [Listener.Detail] = [.summary]) async throws -> TestGateway {
        let gateway = try TestGateway(yaml, details: details)
        gateway.begin()
        gateway.report(.passed(), of: "db", took: .microseconds(1250))
        gateway.report(.passed(), of: "app", took: .milliseconds(30))
        await gateway.clock.advance(by: .milliseconds(1250))
        gateway.fail("db", .login, .denied, at: "db:5432", "28P01 password authentication failed for user \"mayan\"")
        gateway.fail("cache", .connect, .refused, at: "cache:6379")
        await gateway.clock.advance(by: .milliseconds(1250))
        return gateway
    }

    @Test(
        "JSON and text, at each level of detail, short and verbose",
        arguments: Listener.Detail.allCases,
        ["", "?verbose"]
    )
    func health(detail: Listener.Detail, query: String) async throws {
        let site = try await Self.gateway(details: [detail]).serve()
        let name = "\(detail.rawValue)\(query.isEmpty ? "" : "-verbose")"
        for (path, file) in [
            ("/ready", "ready"), ("/healthz", "healthz"), ("/healthz/db", "healthz-db"), ("/ready/app", "ready-app"),
        ] {
            let json = try await site.get(path + query, ["Accept": "*/*"]).text
            try GoldenFile("\(file)-\(name).json").expect(json)
        }
        try GoldenFile("ready-\(name).txt").expect(try await site.get("/ready" + query, ["Accept": "text/plain"]).text)
    }

    @Test("Metrics, as Prometheus text and as OpenMetrics, but for the process's own figures")
    func metrics() async throws {
        let site = try await Self.gateway().serve(version: "1.2.3")
        _ = try await site.get("/ready")
        _ = try await site.get("/ready/db")
        let text = try await site.get("/metrics")
        #expect(text["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
        try GoldenFile("metrics.txt").expect(Self.withoutProcess(text.text))
        let open = try await site.get(
            "/metrics",
            ["Accept": "application/openmetrics-text;version=1.0.0,text/plain;q=0.2"]
        )
        #expect(open["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8")
        try GoldenFile("metrics-open.txt").expect(Self.withoutProcess(open.text))
    }

    private static func withoutProcess(_ text: String) -> String {
        text.split(separator: "\n").filter { !$0.contains("process_") }.map { "\($0)\n" }.joined()
    }

    @Test("Errors of our own")
    func problems() async throws {
        let site = try await Self.gateway().serve()
        try GoldenFile("not-found.json").expect(try await site.get("/nowhere").text)
        try GoldenFile("bad-query.json").expect(try await site.get("/ready?x=1").text)
        try GoldenFile("misdirected.json").expect(try await site.get("/ready?verbose", ["Host": "evil.example"]).text)
    }
}
