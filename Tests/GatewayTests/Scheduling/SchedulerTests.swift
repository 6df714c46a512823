import Configuration
import Health
import MicroHTTP
import Probes
import TestSupport
import Testing
import Transport

@testable import Gateway

@Suite("Scheduler", .timeLimit(.minutes(2)))
struct SchedulerTests {
    static let refused = FailureCode(.connect, .refused)

    @Test("A check that passes is asked once a period, from the start on")
    func period() async throws {
        let probe = ScriptedProbe(.passes)
        try await TestGateway("checks: {db: {url: 'test://db', period: 5s}}", probes: ["db": probe])
            .schedule { gateway in
                await gateway.clock.advance(by: .seconds(16))
                #expect(probe.starts(since: gateway.start) == [0, 5000, 10_000, 15_000])
            }
    }

    @Test("First probes are spread: eight at once, the others over the period")
    func spread() async throws {
        let names = (0..<100).map { "check-\($0)" }
        let probes = Dictionary(uniqueKeysWithValues: names.map { ($0, ScriptedProbe(.passes)) })
        let checks = names.map { "  \($0): {url: 'test://\($0)', period: 10s}\n" }.joined()
        try await TestGateway("checks:\n\(checks)", probes: probes)
            .schedule { gateway in
                await gateway.clock.advance(by: .milliseconds(9_990))
                let firsts = names.map { probes[$0]!.starts(since: gateway.start) }
                #expect(firsts.allSatisfy { $0.count == 1 })
                #expect(firsts[0..<8].allSatisfy { $0[0] <= 36 })
                // Deadlines of a loop are rounded up to 2 ms.
                for (index, first) in firsts.enumerated().dropFirst(8) { #expect(first == [index * 100]) }
            }
    }

    @Test("initialDelay holds the first probe back, and only that")
    func initialDelay() async throws {
        let probe = ScriptedProbe(.passes)
        let yaml = "checks: {db: {url: 'test://db', period: 5s, initialDelay: 12s}}"
        try await TestGateway(yaml, probes: ["db": probe])
            .schedule { gateway in
                await gateway.clock.advance(by: .seconds(18))
                #expect(probe.starts(since: gateway.start) == [12_000, 17_000])
            }
    }

    @Test("Jitter brings probes forward by no more than its part of the period")
    func jitter() async throws {
        let probe = ScriptedProbe(.passes)
        let yaml = "checks: {db: {url: 'test://db', period: 10s, jitter: 20%}}"
        let gateway = try TestGateway(yaml, probes: ["db": probe])
        let half: @Sendable () -> Double = { 0.5 }
        try await gateway.schedule(chance: half) { gateway in
            await gateway.clock.advance(by: .seconds(28))
            #expect(probe.starts(since: gateway.start) == [0, 9000, 18_000, 27_000])
        }
    }

    @Test("Of one check there is never more than one probe under way, and a tick that it misses is skipped")
    func noOverlap() async throws {
        let probe = ScriptedProbe { attempt, _ in attempt == 1 ? .takes(.milliseconds(4900), .passed()) : .passes }
        let yaml = "checks: {db: {url: 'test://db', period: 5s, timeout: 5s}}"
        try await TestGateway(yaml, probes: ["db": probe])
            .schedule { gateway in
                await gateway.clock.advance(by: .milliseconds(9900))
                #expect(probe.starts(since: gateway.start) == [0, 5000])
                #expect(probe.running == 0)
                // The whole machine stands still over three ticks.
                await gateway.clock.jump(by: .milliseconds(16_100))
                await gateway.clock.advance(by: .seconds(10))
                #expect(probe.starts(since: gateway.start) == [0, 5000, 26_000, 31_000, 36_000])
                #expect(probe.mostRunning == 1)
            }
    }

    @Test("A probe ends with its deadline, which is the timeout after its start")
    func deadline() async throws {
        let probe = ScriptedProbe(.hangs)
        let yaml = "checks: {db: {url: 'test://db', period: 5s, timeout: 2s}}"
        try await TestGateway(yaml, probes: ["db": probe])
            .schedule { gateway in
                await gateway.clock.advance(by: .milliseconds(1998))
                #expect(probe.running == 1)
                await gateway.clock.advance(by: .milliseconds(2))
                #expect(probe.running == 0)
                let state = gateway.aggregator.snapshot().checks[0]
                #expect(state.latest?.duration == .seconds(2))
                #expect(state.level(at: gateway.now) == .fail)
            }
    }

    @Test("While a server starts it is asked fast, and at its period once it is up")
    func starting() async throws {
        let probe = ScriptedProbe { _, now in .passes }
        let starting = ScriptedProbe { attempt, _ in attempt < 5 ? .fails(Self.refused) : .passes }
        let yaml = "checks: {db: {url: 'test://db', period: 5s}, other: {url: 'test://other', period: 5s}}"
        try await TestGateway(yaml, probes: ["db": starting, "other": probe])
            .schedule { gateway in
                await gateway.clock.advance(by: .seconds(6))
                #expect(starting.starts(since: gateway.start).prefix(6) == [0, 112, 224, 336, 448, 560])
                await gateway.clock.advance(by: .seconds(6))
                #expect(starting.starts(since: gateway.start).dropFirst(6) == [5560, 10_560])
            }
    }

    @Test("Thresholds hold from probe to page: two failures a period apart close the gate, one pass opens it")
    func thresholds() async throws {
        let code = FailureCode(.exchange, .timedOut)
        let probe = ScriptedProbe { attempt, _ in (2...4).contains(attempt) ? .fails(code) : .passes }
        let yaml = "checks: {db: {url: 'test://db', period: 5s, failureThreshold: 2, jitter: 0%}}"
        try await TestGateway(yaml, probes: ["db": probe])
            .schedule { gateway in
                func isOpen() -> Bool { gateway.page("ready").status == 200 }
                #expect(isOpen())
                await gateway.clock.advance(by: .seconds(14))
                #expect(isOpen())
                await gateway.clock.advance(by: .seconds(1))
                #expect(!isOpen())
                await gateway.clock.advance(by: .seconds(9))
                #expect(!isOpen())
                await gateway.clock.advance(by: .seconds(1))
                #expect(isOpen())
                #expect(
                    gateway.log.lines(with: "check changed").map { $0.split(separator: " code").first.map(String.init) }
                        == [
                            "info check changed check=db from=pending to=pass",
                            "warning check changed check=db",
                            "info check changed check=db from=fail to=pass",
                        ]
                )
            }
    }

    @Test("When the scheduler ends, each probe under way is cancelled and awaited")
    func cancellation() async throws {
        let hanging = ScriptedProbe(.hangs)
        let login = ScriptedProbe(.hangs, on: .logins)
        let waiting = ScriptedProbe(.passes)
        let yaml = """
            checks:
              a: {url: 'test://a', period: 60s, timeout: 30s}
              b: {url: 'test://b', period: 60s, timeout: 30s}
              c: {url: 'test://c', period: 60s}
            """
        let gateway = try TestGateway(yaml, probes: ["a": hanging, "b": login, "c": waiting])
        try await gateway.schedule { gateway in
            await gateway.clock.advance(by: .seconds(1))
            #expect(hanging.running == 1)
            #expect(login.running == 1)
        }
        #expect(hanging.running == 0)
        #expect(hanging.cancellations == 1)
        #expect(login.cancellations == 1)
        #expect(waiting.starts.count == 1)
        // What a cancelled probe says is no result.
        #expect(gateway.aggregator.snapshot().checks[0].latest == nil)
    }

    @Test("Nothing is left on the loops when the scheduler has ended")
    func nothingLeft() async throws {
        let yaml = "checks: {a: {url: 'test://a'}, b: {url: 'test://b'}}"
        let gateway = try TestGateway(yaml, probes: ["a": ScriptedProbe(.hangs), "b": ScriptedProbe(.passes)])
        let scheduler = Scheduler(
            plan: gateway.plan,
            aggregator: gateway.aggregator,
            loops: gateway.loops,
            sideThreads: .init()
        )
        await withDiscardingTaskGroup { group in
            group.addTask(executorPreference: gateway.loops.checks.executor) { await scheduler.run() }
            await gateway.clock.advance(by: .seconds(3))
            group.cancelAll()
        }
        let load = await gateway.loops.checks.load
        #expect(load.slots == 0)
        #expect(load.timers == 0)
    }
}

extension TestGateway {
    /// What the board shows of a gate now.
    func page(_ name: String) -> Page { board.page(on: .gate(gate(name)), for: .summary, at: now) }
}
