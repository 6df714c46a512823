import Configuration
import Health
import MicroHTTP
import TestSupport
import Testing

@testable import Gateway

@Suite("Conditions in the life of a gateway")
struct ConditionTests {
    private static func gateway() throws -> TestGateway {
        let yaml = """
            checks: {db: {url: 'test://db-7.secret.example', period: 5s, timeout: 1s, failureThreshold: 2, jitter: 0%}}
            gates:
              writer: {check: db, role: primary}
              reader: {check: db, role: replica, maxLag: 10s}
            """
        let gateway = try TestGateway(yaml, details: [.status, .summary, .full])
        gateway.begin()
        return gateway
    }

    private func faces(_ gateway: TestGateway) -> [Int] {
        ["ready", "writer", "reader"].map { gateway.page($0).status }
    }

    @Test("A change of role, or a lag that passes its limit, is published and logged at once")
    func urgent() throws {
        let gateway = try Self.gateway()
        #expect(faces(gateway) == [503, 503, 503])
        gateway.pass("db", as: "primary", lag: .zero)
        #expect(faces(gateway) == [200, 200, 503])
        #expect(gateway.verdict("reader").failure?.code.description == "assert.wrong_role")
        gateway.log.clear()
        #expect(!gateway.pass("db", as: "replica", lag: .seconds(10)).isPublicationPending)
        #expect(faces(gateway) == [200, 503, 200])
        // It is behind by more, and the gate minds no more than before.
        #expect(gateway.pass("db", as: "replica", lag: .seconds(5)).isPublicationPending)
        #expect(!gateway.pass("db", as: "replica", lag: .seconds(11)).isPublicationPending)
        #expect(faces(gateway) == [200, 503, 503])
        #expect(
            gateway.log.lines == [
                "warning gate changed check=db code=assert.wrong_role gate=writer status=fail",
                "info gate changed gate=reader status=pass",
                "warning gate changed check=db code=assert.lagging gate=reader status=fail",
            ]
        )
    }

    @Test("A lost probe below the threshold turns no face; one that is stale or fails says so itself")
    func thresholds() async throws {
        let gateway = try Self.gateway()
        gateway.pass("db", as: "primary", lag: .zero)
        await gateway.clock.advance(by: .milliseconds(200))
        gateway.fail("db", .connect, .refused)
        #expect(faces(gateway) == [200, 200, 503])
        await gateway.clock.advance(by: .seconds(4))
        for face in ["writer", "reader"] { #expect(gateway.verdict(face).failure?.code == .stale) }
        gateway.fail("db", .connect, .refused)
        for face in ["writer", "reader"] {
            #expect(gateway.verdict(face).failure?.code.description == "connect.refused")
        }
        gateway.pass("db", as: "replica", lag: nil)
        #expect(gateway.verdict("reader").failure?.code.description == "assert.lag_unknown")
    }

    @Test("A probe that fails and sees another role closes the face before the threshold closes the check")
    func knownToBeWrong() throws {
        let gateway = try Self.gateway()
        gateway.pass("db", as: "primary", lag: .zero)
        let seen = Replication(roles: [ServerRole("replica")], lag: .zero)
        gateway.report(.failed(ProbeFailure(FailureCode(.assert, .unexpected)), .init(replication: seen)), of: "db")
        #expect(faces(gateway) == [200, 503, 200])
    }

    @Test("The role is told from summary on, the lag with verbose, the reason in full at full only")
    func pages() async throws {
        let gateway = try Self.gateway()
        gateway.pass("db", as: "replica", lag: .milliseconds(2500))
        let site = try gateway.serve()
        let status = try await site.get("/ready/writer?verbose", by: 0)
        #expect(status.text == #"{"status":"fail","open":false,"gate":"writer"}"# + "\n")
        let summary = try await site.get("/ready/writer", by: 1)
        #expect(summary.status == 503)
        let sentence = "db: it answers, but not as asked for: wrong role"
        #expect(
            summary.text.hasPrefix(
                #"{"status":"fail","open":false,"gate":"writer","code":"assert.wrong_role","output":"\#(sentence)""#
            )
        )
        #expect(summary.text.contains(#""status":"pass","#) && summary.text.contains(#""role":"replica""#))
        #expect(!summary.text.contains("lag_ms"))
        #expect(try await site.get("/ready/writer?verbose", by: 1).text.contains(#""lag_ms":2500"#))
        let full = try await site.get("/ready/writer", by: 2).text
        #expect(full.contains(#""output":"db: assert.wrong_role: its role is replica, wanted primary""#))
        let text = try await site.get("/ready/writer?format=text", by: 1).text
        #expect(text == "[+]db ok\nwriter check failed: assert.wrong_role\n")
        #expect(try await site.status("/ready/reader", by: 1) == 200)
        #expect(try await site.status("/ready?need=reader", by: 1) == 200)
        #expect(try await site.status("/ready?need=writer", by: 1) == 503)
        #expect(try await site.status("/ready/db", by: 1) == 200)
    }

    @Test("What is not to be believed any more is not told: the role of a server that fails")
    func forgotten() async throws {
        let gateway = try TestGateway(
            "checks: {db: {url: 'test://db', failureThreshold: 1}}\ngates: {writer: {check: db, role: primary}}"
        )
        gateway.begin()
        gateway.pass("db", as: "primary")
        let site = try gateway.serve()
        #expect(try await site.get("/ready/writer").text.contains(#""role":"primary""#))
        gateway.fail("db", .connect, .refused)
        #expect(try await !site.get("/ready/writer").text.contains("role"))
    }

    @Test("A gate that only its condition closes is told once; one that a failing check closes every 30 s")
    func summary() throws {
        let yaml =
            "checks: {db: {url: 'test://db', period: 1h, failureThreshold: 1}}\ngates: {writer: {check: db, role: primary}}"
        let gateway = try TestGateway(yaml)
        gateway.begin()
        gateway.pass("db", as: "replica")
        #expect(gateway.log.lines(with: "gate=writer").isEmpty)
        var supervisor = SupervisorTests.supervisor(of: gateway)
        for second in 0..<100 { supervisor.look(at: gateway.start + .seconds(second)) }
        #expect(gateway.log.lines(with: "gates are closed").isEmpty)
        gateway.fail("db", .connect, .refused)
        for second in 100..<131 { supervisor.look(at: gateway.start + .seconds(second)) }
        #expect(gateway.log.lines(with: "gates are closed").count == 1)
    }
}
