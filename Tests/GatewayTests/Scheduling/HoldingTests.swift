import Health
import MicroHTTP
import Probes
import Synchronization
import TestSupport
import Testing
import Transport

@testable import Gateway

@Suite("Held connections", .timeLimit(.minutes(2)))
struct HoldingTests {
    private static let refused = FailureCode(.connect, .refused)

    private static func yaml(_ options: String = "") -> String {
        "checks: {db: {url: 'test://db', period: 5s, timeout: 1s, jitter: 0%\(options)}}"
    }

    /// One whose pings pass and whose logins are as given, by the seconds since its first.
    private static func probe(
        isStepwise: Bool = false,
        pings: @escaping @Sendable (_ second: Int) -> PingAnswer = { _ in .answered(.passed()) },
        logins steps: @escaping @Sendable (_ attempt: Int) -> ScriptedProbe.Step = { _ in .passes }
    ) -> ScriptedProbe {
        let start = FirstMoment()
        let ping = { @Sendable (now: ContinuousClock.Instant) in pings(start.seconds(to: now)) }
        return ScriptedProbe(pings: ping, isStepwise: isStepwise) { attempt, now in
            _ = start.seconds(to: now)
            return steps(attempt)
        }
    }

    @Test(
        "It logs in once, pings once a period, and logs in afresh every 30 s, holding one connection",
        arguments: [false, true]
    )
    func rhythm(isStepwise: Bool) async throws {
        let probe = Self.probe(isStepwise: isStepwise)
        try await TestGateway(Self.yaml(), probes: ["db": probe])
            .schedule { gateway in
                await gateway.clock.advance(by: .seconds(62))
                #expect(probe.starts(since: gateway.start) == [0, 30_000, 60_000])
                #expect(probe.pings(since: gateway.start) == [5, 10, 15, 20, 25, 35, 40, 45, 50, 55].map { $0 * 1000 })
                #expect(probe.openConnections == 1)
                #expect(probe.mostConnections == 2)
            }
        #expect(probe.openConnections == 0)
    }

    @Test("canary sets how often it logs in, and hold: false that every probe does")
    func options() async throws {
        let often = Self.probe()
        try await TestGateway(Self.yaml(", canary: 10s"), probes: ["db": often])
            .schedule { gateway in
                await gateway.clock.advance(by: .seconds(21))
                #expect(often.starts(since: gateway.start) == [0, 10_000, 20_000])
            }
        let never = Self.probe()
        try await TestGateway(Self.yaml(", hold: false"), probes: ["db": never])
            .schedule { gateway in
                await gateway.clock.advance(by: .seconds(11))
                #expect(never.starts(since: gateway.start) == [0, 5000, 10_000])
                #expect(never.pings(since: gateway.start).isEmpty)
            }
    }

    @Test("A connection that is closed is no failure: a fresh probe at once decides", arguments: [false, true])
    func routineClose(isStepwise: Bool) async throws {
        let probe = Self.probe(isStepwise: isStepwise)
        try await TestGateway(Self.yaml(", failureThreshold: 1"), probes: ["db": probe])
            .schedule { gateway in
                await gateway.clock.advance(by: .milliseconds(7300))
                probe.cut()
                await gateway.clock.waitUntilAsleep()
                #expect(probe.starts(since: gateway.start) == [0, 7300])
                #expect(gateway.log.lines(with: "check changed").count == 1)
                await gateway.clock.advance(by: .seconds(6))
                #expect(probe.pings(since: gateway.start) == [5000, 12_300])
            }
    }

    @Test("A death is heard at once, and with a threshold of 1 the gate closes at once")
    func death() async throws {
        let probe = Self.probe(logins: { attempt in attempt == 0 ? .passes : .fails(Self.refused) })
        try await TestGateway(Self.yaml(", failureThreshold: 1"), probes: ["db": probe])
            .schedule { gateway in
                await gateway.clock.advance(by: .milliseconds(7300))
                #expect(gateway.page("ready").status == 200)
                probe.cut()
                await gateway.clock.waitUntilAsleep()
                #expect(gateway.page("ready").status == 503)
            }
    }

    @Test("With a threshold of 2 a death starts the count, and the gate closes one period later")
    func deathCounts() async throws {
        let probe = Self.probe(logins: { attempt in attempt == 0 ? .passes : .fails(Self.refused) })
        try await TestGateway(Self.yaml(", failureThreshold: 2"), probes: ["db": probe])
            .schedule { gateway in
                await gateway.clock.advance(by: .milliseconds(7300))
                probe.cut()
                await gateway.clock.advance(by: .milliseconds(4990))
                #expect(gateway.page("ready").status == 200)
                await gateway.clock.advance(by: .milliseconds(20))
                #expect(gateway.page("ready").status == 503)
            }
    }

    @Test("A ping without an answer is the failure of a probe, and the connection is given up")
    func silence() async throws {
        let silence = ProbeFailure(FailureCode(.exchange, .timedOut))
        let probe = Self.probe(
            pings: { $0 < 10 ? .answered(.passed()) : .failed(silence) },
            logins: { attempt in attempt == 0 ? .passes : .fails(silence.code) }
        )
        try await TestGateway(Self.yaml(), probes: ["db": probe])
            .schedule { gateway in
                await gateway.clock.advance(by: .milliseconds(10_100))
                #expect(gateway.aggregator.snapshot().checks[0].latest?.outcome.failure == silence)
                #expect(gateway.page("ready").status == 200)
                #expect(probe.openConnections == 0)
                await gateway.clock.advance(by: .seconds(5))
                #expect(gateway.page("ready").status == 503)
            }
    }

    @Test(
        "Logins that fail close the gate though pings pass; they are repeated every period, and one that passes mends it"
    )
    func canary() async throws {
        let probe = Self.probe(logins: { attempt in
            (1...3).contains(attempt) ? .fails(FailureCode(.login, .stopping)) : .passes
        })
        try await TestGateway(Self.yaml(), probes: ["db": probe])
            .schedule { gateway in
                await gateway.clock.advance(by: .seconds(31))
                #expect(gateway.page("ready").status == 200)
                await gateway.clock.advance(by: .seconds(5))
                #expect(gateway.page("ready").status == 503)
                #expect(gateway.aggregator.snapshot().checks[0].failure(at: gateway.now)?.code.reason == .stopping)
                await gateway.clock.advance(by: .seconds(12))
                #expect(probe.starts(since: gateway.start) == [0, 30_000, 35_000, 40_000, 45_000])
                #expect(gateway.page("ready").status == 200)
            }
    }

    @Test("A server that is full for others, and answers us, is a warning")
    func full() async throws {
        let full = FailureCode(.login, .overloaded)
        let probe = Self.probe(logins: { attempt in attempt == 0 ? .passes : .fails(full) })
        try await TestGateway(Self.yaml(", failureThreshold: 1"), probes: ["db": probe])
            .schedule { gateway in
                await gateway.clock.advance(by: .seconds(31))
                let state = gateway.aggregator.snapshot().checks[0]
                #expect(state.level(at: gateway.now) == .warn)
                #expect(state.failure(at: gateway.now)?.code == full)
                // Without the connection that answered, it is a failure like any other.
                probe.cut()
                await gateway.clock.waitUntilAsleep()
                #expect(gateway.page("ready").status == 503)
            }
    }

    @Test(
        "Where a name leads elsewhere, and the login there fails, what it led to is let go of and excuses nothing",
        arguments: [false, true]
    )
    func moved(isStepwise: Bool) async throws {
        let full = FailureCode(.login, .overloaded)
        let probe = Self.probe(isStepwise: isStepwise, logins: { attempt in attempt == 0 ? .passes : .fails(full) })
        try await TestGateway(Self.yaml(", failureThreshold: 1"), probes: ["db": probe])
            .schedule { gateway in
                await gateway.clock.advance(by: .seconds(29))
                probe.move()
                #expect(probe.openConnections == 1)
                await gateway.clock.advance(by: .seconds(2))
                #expect(probe.openConnections == 0)
                #expect(gateway.aggregator.snapshot().checks[0].level(at: gateway.now) == .fail)
            }
    }

    @Test("What waiting will not mend is tried ever more slowly beside pings that pass")
    func denied() async throws {
        let probe = Self.probe(logins: { attempt in attempt == 0 ? .passes : .fails(FailureCode(.login, .denied)) })
        try await TestGateway(Self.yaml(), probes: ["db": probe])
            .schedule { gateway in
                await gateway.clock.advance(by: .seconds(130))
                #expect(probe.starts(since: gateway.start) == [0, 30, 35, 45, 65, 95, 125].map { $0 * 1000 })
            }
    }

    @Test("Connections that are closed again and again are not replaced without a pause")
    func shortLives() async throws {
        let probe = Self.probe()
        try await TestGateway(Self.yaml(), probes: ["db": probe])
            .schedule { gateway in
                await gateway.clock.advance(by: .seconds(6))
                for _ in 0..<200 {
                    probe.cut()
                    await gateway.clock.advance(by: .milliseconds(10))
                }
                #expect(probe.starts(since: gateway.start).count < 10)
                #expect(gateway.page("ready").status == 200)
            }
    }

    @Test("One that canaries have replaced all the time has lasted: its end is followed by a probe at once, each time")
    func replacedLives() async throws {
        let probe = Self.probe()
        try await TestGateway(Self.yaml(", canary: 5s"), probes: ["db": probe])
            .schedule { gateway in
                for _ in 0..<4 {
                    await gateway.clock.advance(by: .milliseconds(12_300))
                    probe.cut()
                    await gateway.clock.waitUntilAsleep()
                    #expect(probe.starts.last == gateway.now)
                }
            }
    }

    @Test("A threshold for passes is reached by logins a period apart")
    func successThreshold() async throws {
        let probe = Self.probe()
        try await TestGateway(Self.yaml(", successThreshold: 3"), probes: ["db": probe])
            .schedule { gateway in
                await gateway.clock.advance(by: .milliseconds(9900))
                #expect(gateway.page("ready").status == 503)
                await gateway.clock.advance(by: .milliseconds(200))
                #expect(gateway.page("ready").status == 200)
                #expect(probe.starts(since: gateway.start) == [0, 5000, 10_000])
            }
    }
}

/// Remembers the first moment that it is asked about.
private final class FirstMoment: Sendable {
    private let moment = Mutex<ContinuousClock.Instant?>(nil)

    func seconds(to now: ContinuousClock.Instant) -> Int {
        moment.withLock { moment in
            let first = moment ?? now
            moment = first
            return Int(first.duration(to: now) / .seconds(1))
        }
    }
}
