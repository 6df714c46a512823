import Health
import MicroHTTP
import TestSupport
import Testing

@testable import Gateway

@Suite("Queries, through the real server")
struct QueryTests {
    static let yaml = """
        checks:
          db: {url: 'test://db', failureThreshold: 1}
          cache: {url: 'test://cache', required: false, failureThreshold: 1}
          app: {url: 'test://app'}
        gates: {both: [db, cache]}
        """

    /// `app` passes, `db` fails (required), `cache` fails (optional).
    static func gateway() throws -> TestGateway {
        let gateway = try TestGateway(yaml)
        gateway.begin()
        gateway.pass("app")
        gateway.fail("db", .login, .denied, at: "db:5432", "28P01 password authentication failed")
        gateway.fail("cache", .connect, .refused, at: "cache:6379")
        return gateway
    }

    @Test(
        "What is left out or asked for decides the code",
        arguments: [
            ("/ready?exclude=db", 200), ("/ready?exclude=cache", 503), ("/ready?exclude=db,cache", 200),
            ("/ready?exclude=db&exclude=cache", 200), ("/ready?exclude=db,cache,app", 200),
            ("/ready?exclude=d%62", 200), ("/ready?exclude=db%2Capp", 200), ("/ready?exclude=db,", 200),
            ("/ready?need=app", 200), ("/ready?need=cache", 503), ("/ready?need=app,cache", 503),
            ("/ready?need=app&need=db", 503), ("/ready?need=app,db&exclude=db", 200), ("/ready?need=both", 503),
            ("/ready?need=db&exclude=db", 200), ("/?exclude=db", 200), ("/readyz?exclude=db", 200),
            ("/startup?exclude=db", 200), ("/ready/both?exclude=db", 200), ("/healthz?need=app", 200),
            ("/healthz?verbose", 200), ("/ready?max_age=5s&exclude=db", 200), ("/ready?max_age=0s&exclude=db", 503),
            ("/ready?need=app&format=text", 200), ("/ready?need=app&format=health", 200), ("/ready?", 503),
        ]
    )
    func decides(target: String, status: Int) async throws {
        let gateway = try Self.gateway()
        await gateway.clock.advance(by: .seconds(1))
        let site = try gateway.serve()
        #expect(try await site.status(target) == status)
        let options = try await site.client().request("OPTIONS", target)
        #expect(options.status == status)
        #expect(options.body.isEmpty)
    }

    @Test(
        "What is not understood is 400, names the parameter and repeats nothing",
        arguments: [
            ("verbos", "unknown"), ("x=secret-word", "unknown"), ("VERBOSE", "unknown"), ("%76erbose", "unknown"),
            ("verbose=yes", "verbose"), ("verbose=2", "verbose"), ("exclude", "exclude"), ("exclude=", "exclude"),
            ("exclude=,", "exclude"), ("exclude=secret-word", "exclude"), ("exclude=both", "exclude"),
            ("exclude=db+app", "exclude"), ("exclude=Db", "exclude"), ("need=secret-word", "need"), ("need", "need"),
            ("need=db,secret-word", "need"), ("max_age", "max_age"), ("max_age=5", "max_age"),
            ("max_age=-5s", "max_age"), ("max_age=secret-word", "max_age"), ("format=secret-word", "format"),
            ("format=", "format"), ("format=spring", "format"), ("wait", "wait"), ("wait=", "wait"),
            ("wait=30", "wait"),
            ("wait=-5s", "wait"), ("wait=secret-word", "wait"), ("wait=5s&wait=1s", "more than once"),
            ("exclude=%zz", "percent"),
            ("exclude=%", "percent"), ("exclude=%ff", "percent"), ("verbose&verbose", "more than once"),
            ("max_age=5s&max_age=1h", "more than once"), ("format=text&format=health", "more than once"),
            ("=", "unknown"), ("&=x", "unknown"),
        ]
    )
    func refused(query: String, word: String) async throws {
        let site = try Self.gateway().serve()
        for path in ["/ready", "/healthz", "/ready/db", "/healthz/db", "/"] {
            let reply = try await site.get("\(path)?\(query)")
            #expect(reply.status == 400, "\(path)?\(query)")
            #expect(reply["Content-Type"] == "application/problem+json")
            #expect(reply.text.contains(word), "\(reply.text)")
            #expect(!reply.text.contains("secret-word"))
        }
    }

    @Test(
        "verbose is spelt in three ways, and 0 and false turn it off",
        arguments: ["verbose", "verbose=", "verbose=1", "verbose=true"]
    )
    func verbose(query: String) async throws {
        let site = try Self.gateway().serve()
        #expect(try await site.get("/ready?\(query)").text.contains("age_ms"))
        #expect(try await site.get("/healthz?\(query)").text.contains(#""db":[{"#))
        for off in ["verbose=0", "verbose=false"] {
            #expect(try await site.get("/ready?\(off)").text == (try await site.get("/ready").text))
        }
    }

    @Test("What is left out is not shown, what is asked for is all that is shown")
    func shown() async throws {
        let site = try Self.gateway().serve()
        let excluded = try await site.get("/ready?exclude=db").text
        #expect(!excluded.contains(#""db""#))
        #expect(excluded.contains(#""cache":[{"#))
        let needed = try await site.get("/ready?need=cache").text
        #expect(!needed.contains(#""db""#))
        #expect(needed.contains(#""cache":[{"#))
        #expect(needed.contains(#""required":true"#))
        #expect(needed.contains(#""gate":"ready""#))
    }

    @Test("max_age makes older passes stale, leaves failures their code and startup latched")
    func maxAge() async throws {
        let gateway = try Self.gateway()
        gateway.pass("db", "cache")
        gateway.fail("cache", .connect, .refused)
        await gateway.clock.advance(by: .seconds(3))
        let site = try gateway.serve()
        #expect(try await site.status("/ready?max_age=3s") == 200)
        let stale = try await site.get("/ready?max_age=2999ms")
        #expect(stale.status == 503)
        #expect(stale.text.contains(#""code":"stale""#))
        #expect(stale.text.contains(#""code":"connect.refused""#))
        #expect(try await site.status("/startup?max_age=1ms") == 200)
        #expect(try await site.status("/healthz/db?max_age=1ms") == 200)
        #expect(try await site.status("/ready/db?max_age=1ms") == 503)
    }

    @Test("The dialect is chosen by format, then by what Accept begins with")
    func dialect() async throws {
        let site = try Self.gateway().serve()
        func type(_ target: String, _ accept: String? = nil) async throws -> String? {
            try await site.get(target, accept.map { ["Accept": $0] } ?? [:])["Content-Type"]
        }
        let (health, text) = ("application/health+json", "text/plain; charset=utf-8")
        #expect(try await type("/ready") == health)
        for accept in ["*/*", "application/json", "text/html,application/xhtml+xml", "application/json, text/plain"] {
            #expect(try await type("/ready", accept) == health)
        }
        for accept in ["text/plain", "text/plain;q=0.9, */*", "Text/Plain"] {
            #expect(try await type("/ready", accept) == text)
        }
        #expect(try await type("/ready?format=text") == text)
        #expect(try await type("/ready?format=text", "application/json") == text)
        #expect(try await type("/ready?format=health", "text/plain") == health)
    }

    @Test("While the gateway drains, no query makes ready or a user's gate open; a check's own page stays truthful")
    func draining() async throws {
        let gateway = try Self.gateway()
        gateway.pass("db", "cache")
        gateway.aggregator.drain(at: gateway.now)
        let site = try gateway.serve()
        for target in [
            "/ready", "/", "/ready/both", "/ready?need=app", "/ready?exclude=db,cache,app", "/ready/both?need=app",
            "/startup?need=ready", "/ready/app?need=ready", "/healthz?need=app,both",
        ] {
            let reply = try await site.get(target)
            #expect(reply.status == 503, "\(target)")
            #expect(reply.text.contains(#""code":"draining""#))
        }
        for target in ["/healthz", "/startup", "/ready/app", "/ready/app?verbose", "/healthz/app", "/healthz?need=app"]
        {
            #expect(try await site.status(target) == 200, "\(target)")
        }
    }
}
