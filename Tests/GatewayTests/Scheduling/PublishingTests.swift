import Configuration
import Foundation
import Health
import MicroHTTP
import TestSupport
import Testing

@testable import Gateway

@Suite("Publishing")
struct PublishingTests {
    static let yaml = "checks: {db: {url: 'test://db', period: 5s, timeout: 1s, failureThreshold: 2, jitter: 0%}}"

    @Test("Before the first result everything is pending and closed, but healthz")
    func pending() throws {
        let gateway = try TestGateway(Self.yaml)
        #expect(gateway.page("ready").status == 503)
        #expect(gateway.page("startup").status == 503)
        #expect(gateway.page("healthz").status == 200)
        gateway.begin()
        #expect(gateway.page("ready").status == 503)
        #expect(gateway.verdict("ready").failure?.code == .pending)
    }

    @Test("A transition is published at once")
    func transition() throws {
        let gateway = try TestGateway(Self.yaml)
        gateway.begin()
        #expect(!gateway.report(.passed(), of: "db").isPublicationPending)
        #expect(gateway.page("ready").status == 200)
    }

    @Test("Another code of a check that fails is published at once, since readers act on it")
    func anotherCode() throws {
        let gateway = try TestGateway(Self.yaml)
        gateway.begin()
        gateway.fail("db", .connect, .refused)
        gateway.fail("db", .login, .starting)
        #expect(gateway.verdict("ready").failure?.code.description == "login.starting")
    }

    @Test("Results that change nothing are published 100 ms after the last publication, together")
    func quiet() async throws {
        let gateway = try TestGateway(Self.yaml)
        gateway.begin()
        gateway.pass("db")
        let published = gateway.board.snapshot.version
        await gateway.clock.advance(by: .milliseconds(40))
        #expect(gateway.report(.passed(), of: "db").isPublicationPending)
        #expect(gateway.board.snapshot.version == published)
        #expect(gateway.aggregator.pendingPublication == gateway.start + .milliseconds(100))
        await gateway.clock.advance(by: .milliseconds(60))
        gateway.aggregator.publishPending(at: gateway.now)
        #expect(gateway.board.snapshot.version == published + 1)
        #expect(gateway.board.snapshot.checks[0].attempts == 2)
        // Nothing is left, so nothing is published.
        gateway.aggregator.publishPending(at: gateway.now)
        #expect(gateway.board.snapshot.version == published + 1)
        #expect(gateway.aggregator.pendingPublication == nil)
    }

    @Test("A transition takes along what waited")
    func takenAlong() throws {
        let gateway = try TestGateway("checks: {db: {url: 'test://db'}, cache: {url: 'test://cache'}}")
        gateway.begin()
        gateway.pass("db")
        #expect(gateway.report(.passed(), of: "db").isPublicationPending)
        gateway.pass("cache")
        #expect(gateway.board.snapshot.checks[0].attempts == 2)
        #expect(gateway.aggregator.pendingPublication == nil)
    }

    @Test("With the scheduler no result waits longer than 100 ms, though its check is in its next probe by then")
    func noneForgotten() async throws {
        // Refused at first; then it hangs, so that its own task cannot publish what it left.
        let refused = FailureCode(.connect, .refused)
        let probe = ScriptedProbe(.fails(refused), .fails(refused), .hangs)
        let yaml = "checks: {db: {url: 'test://db', period: 40ms, timeout: 40ms, jitter: 0%}}"
        try await TestGateway(yaml, probes: ["db": probe])
            .schedule { gateway in
                // Attempts at 0, 40 and 80 ms.
                await gateway.clock.advance(by: .milliseconds(98))
                #expect(gateway.board.snapshot.checks[0].attempts == 1)
                await gateway.clock.advance(by: .milliseconds(4))
                #expect(probe.running == 1)
                #expect(gateway.board.snapshot.checks[0].attempts == 2)
            }
    }

    @Test("Many results that change nothing make at most one publication every 100 ms")
    func rate() async throws {
        let names = (0..<20).map { "check-\($0)" }
        let yaml =
            "checks:\n" + names.map { "  \($0): {url: 'test://x', period: 20ms, timeout: 10ms, jitter: 0%}\n" }.joined()
        try await TestGateway(yaml)
            .schedule { gateway in
                await gateway.clock.advance(by: .seconds(1))
                let before = gateway.board.snapshot.version
                await gateway.clock.advance(by: .seconds(1))
                let count = gateway.board.snapshot.version - before
                #expect((9...10).contains(count), "\(count) publications")
                for check in gateway.board.snapshot.checks {
                    #expect(check.latest!.finished.duration(to: gateway.now) <= .milliseconds(120))
                }
            }
    }

    @Test("A page expires to stale by itself when the scheduler is wedged, and every gate with it")
    func wedged() throws {
        let gateway = try TestGateway(Self.yaml + "\ngates: {mine: [db], healthz: [db]}")
        gateway.begin()
        gateway.pass("db")
        // Due after 5 s, and 2 × 1 s + 1 s of grace.
        for name in ["ready", "mine", "healthz"] {
            let gate = Subject.gate(gateway.gate(name))
            for detail in Listener.Detail.allCases {
                let status = { gateway.board.page(on: gate, for: detail, at: gateway.start + $0).status }
                #expect(status(.milliseconds(7999)) == 200)
                #expect(status(.seconds(8)) == 503)
                #expect(status(.seconds(800)) == 503)
            }
        }
        let status = { gateway.board.page(on: .check(0), for: .summary, at: gateway.start + $0).status }
        #expect(status(.seconds(7)) == 200)
        #expect(status(.seconds(8)) == 503)
        // Nobody can say that it is silent, and startup was open once.
        #expect(gateway.board.page(on: .liveness(0), for: .summary, at: gateway.start + .seconds(800)).status == 200)
        let startup = Subject.gate(gateway.gate("startup"))
        #expect(gateway.board.page(on: startup, for: .summary, at: gateway.start + .seconds(800)).status == 200)
    }

    @Test("A wedged scheduler that wakes up opens the gate with its first pass, and never with a failure")
    func wokenUp() async throws {
        let probe = ScriptedProbe { attempt, _ in attempt == 2 ? .fails(FailureCode(.exchange, .closed)) : .passes }
        try await TestGateway(Self.yaml, probes: ["db": probe])
            .schedule { gateway in
                await gateway.clock.jump(by: .seconds(60))
                #expect(probe.starts.count == 2)
                #expect(gateway.page("ready").status == 200)
                await gateway.clock.jump(by: .seconds(60))
                #expect(probe.starts.count == 3)
                #expect(gateway.page("ready").status == 503)
            }
    }

    @Test("The board gives the same page again and again until something changes")
    func samePage() throws {
        let gateway = try TestGateway(Self.yaml)
        gateway.begin()
        gateway.pass("db")
        let page = gateway.page("ready")
        #expect(gateway.page("ready") === page)
        gateway.fail("db", .connect, .refused)
        gateway.aggregator.publishPending(at: gateway.now + .seconds(1))
        #expect(gateway.page("ready") !== page)
    }

    @Test("An older snapshot never replaces a newer one")
    func versions() throws {
        let gateway = try TestGateway(Self.yaml)
        gateway.begin()
        let old = gateway.board.snapshot
        gateway.pass("db")
        gateway.board.publish(Judgement(of: old, in: gateway.plan, at: gateway.now))
        #expect(gateway.board.snapshot.version == old.version + 1)
        #expect(gateway.page("ready").status == 200)
    }
}

extension TestGateway {
    func verdict(_ name: String) -> Judgement.Verdict {
        Judgement(of: board.snapshot, in: plan, at: now).verdict(ofGate: gate(name))
    }
}
