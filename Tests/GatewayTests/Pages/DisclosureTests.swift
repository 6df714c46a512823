import Configuration
import Health
import Logging
import MicroHTTP
import TestSupport
import Testing

@testable import Gateway

@Suite("Who is told what")
struct DisclosureTests {
    static let place = "db-7.secret.example:5432"
    static let word = "role \"mayan\" of 10.1.2.3 is unhappy"

    static func gateway() throws -> TestGateway {
        let gateway = try TestGateway(
            "checks: {db: {url: 'test://mayan:c4n4ry@db-7.secret.example/?key=c4n4ry', failureThreshold: 1}}",
            details: [.status, .summary, .full]
        )
        gateway.begin()
        gateway.pass("db")
        gateway.fail("db", .login, .denied, at: Self.place, Self.word)
        return gateway
    }

    static let targets = [
        "/ready", "/ready?verbose", "/ready?format=text", "/ready?verbose&format=text", "/ready/db",
        "/ready/db?verbose",
        "/healthz", "/healthz?verbose", "/healthz/db", "/healthz/db?verbose", "/startup?verbose", "/metrics", "/",
        "/ready?need=db&verbose", "/ready?x", "/nowhere", "/openapi.yaml",
    ]

    @Test("Addresses, users and an upstream's own words are told at full only", arguments: targets)
    func words(target: String) async throws {
        let site = try Self.gateway().serve()
        for listener in [0, 1] {
            let text = try await site.get(target, by: listener).text
            for word in ["secret.example", "5432", "mayan", "10.1.2.3", "unhappy"] where target != "/openapi.yaml" {
                #expect(!text.contains(word), "\(target) tells \(word)")
            }
        }
    }

    @Test("At full the sentence is told, verbose or not")
    func full() async throws {
        let site = try Self.gateway().serve()
        for target in ["/ready", "/ready?verbose", "/ready/db", "/ready?verbose&format=text", "/healthz?verbose"] {
            let text = try await site.get(target, by: 2).text
            #expect(text.contains("db-7.secret.example:5432: login.denied: role"), "\(target)")
        }
    }

    @Test("At status nothing is told but statuses", arguments: targets)
    func status(target: String) async throws {
        guard target != "/metrics", target != "/openapi.yaml" else { return }
        let site = try Self.gateway().serve()
        let text = try await site.get(target, by: 0).text
        for word in ["login", "denied", "code", "output", "\"db\":", "[-]db", "checks"] {
            #expect(
                !text.contains(word) || text.contains("problem") || text.contains("about:blank"),
                "\(target): \(text)"
            )
        }
    }

    @Test("At summary a check's code is told, with a sentence out of the closed set")
    func summary() async throws {
        let site = try Self.gateway().serve()
        let text = try await site.get("/ready", by: 1).text
        #expect(text.contains(#""code":"login.denied""#))
        #expect(text.contains(#""output":"db: \#(FailureCode(.login, .denied).sentence)""#))
    }

    @Test("A password stands in no answer, no log line and no metric")
    func canary() async throws {
        let gateway = try Self.gateway()
        let site = try gateway.serve()
        for target in Self.targets {
            for listener in 0..<3 {
                let reply = try await site.get(target, ["Authorization": "Bearer c4n4ry"], by: listener)
                #expect(!reply.text.contains("c4n4ry"), "\(target)")
                #expect(!reply.headers.contains { $0.value.contains("c4n4ry") })
            }
        }
        #expect(!gateway.log.lines.contains { $0.contains("c4n4ry") })
        #expect(!"\(gateway.plan.checks[0].definition)".contains("c4n4ry"))
    }

    @Test("No answer lets another site read it, and none is cached or guessed at")
    func headers() async throws {
        let site = try Self.gateway().serve()
        for target in Self.targets where target != "/openapi.yaml" {
            let reply = try await site.get(target, ["Origin": "http://evil.example"])
            #expect(!reply.headers.contains { $0.name.lowercased().hasPrefix("access-control") })
            #expect(reply["Cache-Control"] == "no-store")
            #expect(reply["Set-Cookie"] == nil)
        }
    }
}
