import Configuration
import Health
import MicroHTTP
import TestSupport
import Testing

@testable import Gateway

@Suite("wait=, through the real server", .timeLimit(.minutes(2)))
struct WaitTests {
    static let yaml = """
        checks:
          db: {url: 'test://db', period: 5s, timeout: 1s, failureThreshold: 1, jitter: 0%}
          cache: {url: 'test://cache', period: 5s, timeout: 1s, failureThreshold: 1, jitter: 0%}
          mail: {url: 'test://mail', required: false, failureThreshold: 1}
        gates: {both: [db, cache]}
        """

    /// `cache` passes, `db` and the optional `mail` fail.
    static func gateway() throws -> TestGateway {
        let gateway = try TestGateway(yaml)
        gateway.begin()
        gateway.pass("cache")
        gateway.fail("db", .login, .denied, at: "db:5432", "28P01 password authentication failed")
        gateway.fail("mail", .connect, .refused, at: "mail:25")
        return gateway
    }

    @Test(
        "What is closed is held back, and let go by the very result that opens it, whatever else was asked",
        arguments: [
            "/ready?wait=5m", "/?wait=5m", "/health/ready?wait=5m", "/startup?wait=5m", "/ready/both?wait=5m",
            "/ready/db?wait=5m", "/ready?need=db&wait=5m", "/healthz?wait=5m&need=both", "/ready?wait=5m&exclude=cache",
            "/ready?max_age=1h&wait=5m", "/ready?verbose&wait=5m", "/ready?wait=5m&format=text", "/healthz/db?wait=5m",
        ]
    )
    func released(target: String) async throws {
        let gateway = try Self.gateway()
        // For the path that asks whether it speaks at all.
        gateway.fail("db", .connect, .refused, at: "db:5432")
        let site = try gateway.serve()
        async let head = site.client().request("HEAD", target)
        async let answer = site.get(target)
        try await eventually("both wait") { gateway.room.count == 2 }
        // News that open nothing.
        gateway.fail("cache", .connect, .refused)
        gateway.pass("cache")
        #expect(gateway.room.count == 2)
        gateway.pass("db")
        let reply = try await answer
        #expect(reply.status == 200)
        #expect(reply.text.contains("age_ms") == target.contains("verbose"))
        #expect(reply.text.contains("[+]db ok") == target.contains("text"))
        #expect(try await head.status == 200)
        #expect(try await head.body.isEmpty)
        #expect(gateway.room.count == 0)
    }

    @Test("What is open, OPTIONS, a wait of nothing, and what is no question about a gate, are answered at once")
    func atOnce() async throws {
        let site = try Self.gateway().serve()
        for (target, status) in [
            ("/ready?need=cache&wait=1h", 200), ("/ready/cache?wait=1h", 200), ("/healthz?wait=1h", 200),
            ("/ready?wait=0s", 503), ("/ready?wait=0ms", 503), ("/ready?wait=1h&need=nobody", 400),
            ("/ready/nobody?wait=1h", 404), ("/metrics?wait=1h", 200),
        ] {
            #expect(try await site.status(target) == status, "\(target)")
        }
        let foreign = try await site.get("/ready?wait=1h&verbose", ["Host": "evil.example.org"])
        #expect(foreign.status == 421)
        #expect(try await site.client().request("OPTIONS", "/ready?wait=1h").status == 503)
    }

    @Test("At its end a wait is answered with what holds then; no wait is longer than limits.wait")
    func deadline() async throws {
        let gateway = try Self.gateway()
        let site = try gateway.serve(longestWait: .milliseconds(200))
        for target in ["/ready?wait=1h", "/ready?wait=50ms"] {
            let start = ContinuousClock.now
            let reply = try await site.get(target)
            #expect(start.duration(to: .now) >= .milliseconds(target.contains("1h") ? 200 : 50))
            #expect(reply.status == 503)
            #expect(reply["Retry-After"] == "1")
            #expect(reply.text.hasPrefix(#"{"status":"fail","open":false,"gate":"ready","code":"login.denied""#))
        }
    }

    @Test("Beyond limits.waiters a wait is answered as if there were none")
    func limit() async throws {
        let gateway = try Self.gateway()
        let site = try gateway.serve(waiters: 2)
        async let first = site.status("/ready?wait=1h")
        async let second = site.status("/ready/db?wait=1h")
        try await eventually("two wait") { gateway.room.count == 2 }
        let third = try await site.get("/ready?wait=1h")
        #expect(third.status == 503)
        #expect(third["Retry-After"] == "1")
        gateway.pass("db")
        #expect(try await [first, second] == [200, 200])
    }

    @Test("A drain answers all who wait, those for one check too, and nobody waits from then on")
    func draining() async throws {
        let gateway = try Self.gateway()
        let site = try gateway.serve()
        async let ready = site.get("/ready?wait=1h")
        async let gate = site.get("/ready/both?wait=1h")
        async let check = site.get("/ready/db?wait=1h")
        try await eventually("all wait") { gateway.room.count == 3 }
        gateway.aggregator.drain(at: gateway.now)
        for reply in try await [ready, gate] {
            #expect(reply.status == 503)
            #expect(reply.text.contains(#""code":"draining""#))
        }
        #expect(try await check.status == 503)
        #expect(try await check.text.contains(#""code":"login.denied""#))
        for target in ["/ready?wait=1h", "/ready?verbose&wait=1h", "/ready/db?wait=1h", "/startup?wait=1h"] {
            #expect(try await site.status(target) == 503)
        }
    }

    @Test("A result that has gone stale meanwhile keeps its gate closed, whatever else comes")
    func stale() async throws {
        let gateway = try Self.gateway()
        let site = try gateway.serve()
        async let answer = site.get("/ready?wait=1h")
        try await eventually("it waits") { gateway.room.count == 1 }
        // Nobody has asked the cache for 8 s, its pass counts no more.
        await gateway.clock.advance(by: .seconds(8))
        gateway.pass("db")
        let closed = try await site.get("/ready")
        #expect(closed.text.contains(#""code":"stale""#))
        #expect(gateway.room.count == 1)
        gateway.pass("cache")
        #expect(try await answer.status == 200)
    }

    @Test("Each answer is counted once, when it is given, and those who wait are counted while they do")
    func metrics() async throws {
        let gateway = try Self.gateway()
        let site = try gateway.serve()
        async let one = site.status("/ready?wait=1h")
        async let other = site.status("/ready?wait=1h")
        try await eventually("both wait") { gateway.room.count == 2 }
        let before = try await site.get("/metrics").text
        #expect(before.contains("\nallclear_waiters 2\n"))
        #expect(!before.contains(#"allclear_http_requests_total{path="/ready""#))
        gateway.pass("db")
        #expect(try await [one, other] == [200, 200])
        let after = try await site.get("/metrics").text
        #expect(after.contains("\nallclear_waiters 0\n"))
        #expect(after.contains(#"allclear_http_requests_total{path="/ready",code="200"} 2"#))
    }

    @Test("From the result to the answer it takes less than 5 ms")
    func prompt() async throws {
        let gateway = try Self.gateway()
        let site = try gateway.serve()
        var fastest = Duration.seconds(60)
        // The fastest of many: a busy machine delays some of them, a wait for a tick would delay nearly all.
        for _ in 0..<20 {
            gateway.fail("db", .connect, .refused)
            async let answer = Self.arrival(of: "/ready?wait=1h", at: site)
            try await eventually("it waits") { gateway.room.count == 1 }
            let start = ContinuousClock.now
            gateway.pass("db")
            fastest = min(fastest, start.duration(to: try await answer))
        }
        #expect(fastest < .milliseconds(5))
    }

    private static func arrival(of target: String, at site: TestSite) async throws -> ContinuousClock.Instant {
        let client = site.client()
        return try await onThread {
            _ = try client.http.exchangeBlocking("GET \(target) HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return .now
        }
    }
}

@Suite("How many may wait")
struct WaiterLimitTests {
    @Test("The loader warns by the rule that the server keeps")
    func sameRule() throws {
        for connections in [16, 17, 1023, 1024, 13_334, 65_536] {
            for waiters in [0, 12, 256, 10_000, 65_536] {
                let yaml =
                    "{limits: {connections: \(connections), waiters: \(waiters)}, checks: {db: {url: 'test://db'}}}"
                let limits = try Configuration.test(yaml).limits
                #expect(limits.mostHeld == ServerLimits(connections: connections, waiters: waiters).mostHeld)
            }
        }
    }
}
