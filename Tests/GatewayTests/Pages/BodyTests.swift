import Configuration
import Foundation
import Health
import MicroHTTP
import Probes
import TestSupport
import Testing

@testable import Gateway

@Suite("Bodies of gate paths")
struct BodyTests {
    /// What a check might say to fool a reader who matches text.
    static let hostile = #"{"status":"pass","open":true} "open":true \"open\":true </script><script>alert(1)</script>"#

    static func crowd(_ count: Int, details: [Listener.Detail] = [.summary, .full]) throws -> TestGateway {
        let gateway = try TestGateway(
            "checks:\n"
                + (0..<count).map { "  check-number-\($0): {url: 'test://db', failureThreshold: 1}\n" }.joined(),
            details: details
        )
        gateway.begin()
        return gateway
    }

    @Test(
        "The verdict comes first, and \"open\": stands nowhere else, whatever checks and operators say",
        arguments: Listener.Detail.allCases,
        ["", "?verbose", "?exclude=a", "?need=a,b"]
    )
    func verdictFirst(detail: Listener.Detail, query: String) async throws {
        let yaml = """
            service: {name: '"open":true', version: '{"open":true', description: '\\"open\\":true'}
            checks:
              a: {url: 'test://a', failureThreshold: 1}
              b: {url: 'test://b', failureThreshold: 1, required: false}
            """
        let gateway = try TestGateway(yaml, details: [detail])
        gateway.begin()
        let site = try gateway.serve()
        let failure = ProbeFailure(FailureCode(.exchange, .malformed), at: Self.hostile, Self.hostile)
        for outcomes in [
            (ProbeOutcome.passed(), ProbeOutcome.passed()), (.passed(.init(warning: failure)), .failed(failure)),
            (.failed(failure), .failed(failure)),
        ] {
            gateway.report(outcomes.0, of: "a")
            gateway.report(outcomes.1, of: "b")
            for path in ["/ready", "/healthz", "/startup", "/ready/a", "/healthz/a", "/ready/b", "/"] {
                let reply = try await site.get(path + query)
                let isOpen = reply.status == 200
                let beginnings =
                    isOpen
                    ? [#"{"status":"pass","open":true"#, #"{"status":"warn","open":true"#]
                    : [#"{"status":"fail","open":false"#]
                #expect(beginnings.contains { reply.text.hasPrefix($0) }, "\(reply.text)")
                #expect(reply.text.ranges(of: #""open":"#).count == 1, "\(reply.text)")
                #expect(reply.text.ranges(of: #""open""#).count == 1, "\(reply.text)")
                #expect(!reply.text.contains("<"))
                _ = try JSONSerialization.jsonObject(with: Data(reply.body))
            }
        }
    }

    @Test(
        "Without verbose a body is at most 4,096 bytes for any number of checks, and counts what it leaves out",
        arguments: [0, 1, 150, 300]
    )
    func bound(failing: Int) async throws {
        let gateway = try Self.crowd(300)
        for index in 0..<300 {
            if index < failing {
                gateway.fail("check-number-\(index)", .exchange, .malformed, at: "host-\(index)", Self.hostile)
            } else {
                gateway.pass("check-number-\(index)")
            }
        }
        let site = try gateway.serve()
        for listener in [0, 1] {
            let reply = try await site.get("/ready", by: listener)
            #expect(reply.body.count <= 4096)
            let body = try Body(reply)
            #expect(body.omitted["pass"] == 300 - failing)
            #expect(body.omitted["warn"] == 0)
            #expect(body.checks.count + (body.omitted["fail"] ?? -1) == failing)
            #expect(body.checks.count >= min(failing, 4))
            let text = try await site.get("/ready?format=text", by: listener)
            #expect(text.body.count <= 4096)
            #expect(text.text.contains("\nomitted: \(300 - failing) pass, 0 warn, ") || text.text.hasPrefix("omitted:"))
            let verbose = try Body(try await site.get("/ready?verbose", by: listener))
            #expect(verbose.checks.count == 300)
            #expect(verbose.omitted.isEmpty)
        }
    }

    @Test("What fits is shown whole, passing checks included")
    func fits() async throws {
        let gateway = try Self.crowd(8)
        for index in 0..<8 { gateway.pass("check-number-\(index)") }
        let site = try gateway.serve()
        let body = try Body(try await site.get("/ready"))
        #expect(body.checks.count == 8)
        #expect(body.omitted.isEmpty)
    }

    @Test("An operator's own long words do not make a body longer than 4,096 bytes")
    func longDescription() async throws {
        let yaml = "service: {description: '\(String(repeating: "<", count: 2000))'}\nchecks: {db: {url: 'test://db'}}"
        let gateway = try TestGateway(yaml)
        gateway.begin()
        let site = try gateway.serve()
        let reply = try await site.get("/ready")
        #expect(reply.body.count <= 4096)
        #expect(try Body(reply).omitted["fail"] == 1)
    }

    @Test(
        "/healthz says status, open and gate in at most 64 bytes, at every level of detail",
        arguments: Listener.Detail.allCases
    )
    func healthz(detail: Listener.Detail) async throws {
        let yaml = "service: {description: x}\nchecks: {db: {url: 'test://db'}}\ngates: {healthz: [db], ready: [db]}"
        let gateway = try TestGateway(yaml, details: [detail])
        gateway.begin()
        let site = try gateway.serve()
        for _ in 0..<2 {
            for path in ["/healthz", "/livez", "/health/live", "/ready/healthz"] {
                let reply = try await site.get(path)
                #expect(reply.body.count <= 64)
                let members = try JSONSerialization.jsonObject(with: Data(reply.body)) as? [String: Any]
                #expect(members?.keys.sorted() == ["gate", "open", "status"])
            }
            gateway.pass("db")
        }
    }

    @Test("What a check of certificates observes is how many days were left, and of any other how long it took")
    func daysLeft() async throws {
        let yaml = "checks: {cert: {url: 'test://cert'}, cache: {url: 'test://cache'}}"
        let gateway = try TestGateway(yaml, probes: ["cert": ScriptedProbe(measure: .daysLeft) { _, _ in .passes }])
        gateway.begin()
        let site = try gateway.serve()
        func observed(_ name: String) async throws -> String? {
            let body = try await site.get("/ready/\(name)").text
            return body.firstMatch(of: #/"componentType":"\w+","status":"\w+",(.*?)"time"/#).map { String($0.1) }
        }
        gateway.fail("cert", .connect, .refused)
        #expect(try await observed("cert") == "")
        let end = Timestamp(milliseconds: TestGateway.epoch + 86_400_000 * 3 + 1000)
        let seen = ProbeOutcome.Observation(certificateEnd: end)
        for name in ["cert", "cache"] { gateway.report(.passed(seen), of: name) }
        #expect(try await observed("cert") == #""observedValue":3,"observedUnit":"days","#)
        #expect(try await observed("cache") == #""observedValue":0,"observedUnit":"ms","#)
        // What is not seen anew ends all the same.
        await gateway.clock.advance(by: .seconds(86_400))
        gateway.fail("cert", .connect, .refused)
        #expect(try await observed("cert") == #""observedValue":2,"observedUnit":"days","#)
        await gateway.clock.advance(by: .seconds(86_400 * 3))
        gateway.fail("cert", .secure, .expired)
        #expect(try await observed("cert") == #""observedValue":-1,"observedUnit":"days","#)
    }

    @Test("The output names the check that decided, though another failed in the same way")
    func cause() async throws {
        let yaml = "checks: {a: {url: 'test://a', required: false}, b: {url: 'test://b'}}"
        let gateway = try TestGateway(yaml)
        gateway.begin()
        gateway.fail("a", .connect, .refused)
        gateway.fail("b", .connect, .refused)
        let site = try gateway.serve()
        #expect(try await site.get("/ready").text.contains(#""output":"b: no connection: refused""#))
    }
}

/// The parts of a body that tests look at.
private struct Body {
    let checks: [String: Any]
    let omitted: [String: Int]

    init(_ reply: HTTPReply) throws {
        let members = try JSONSerialization.jsonObject(with: Data(reply.body)) as? [String: Any] ?? [:]
        checks = members["checks"] as? [String: Any] ?? [:]
        omitted = members["omitted"] as? [String: Int] ?? [:]
    }
}
