import Health
import MicroHTTP
import TestSupport
import Testing
import Transport

@testable import Gateway

@Suite("Supervisor", .timeLimit(.minutes(1)))
struct SupervisorTests {
    static func supervisor(of gateway: TestGateway) -> Supervisor {
        Supervisor(
            plan: gateway.plan,
            aggregator: gateway.aggregator,
            loops: gateway.loops,
            journal: gateway.journal,
            logger: gateway.log.logger
        )
    }

    @Test("While checks keep gates closed, one line every 30 s tells which and why")
    func summary() throws {
        let yaml = """
            checks: {db: {url: 'test://db'}, cache: {url: 'test://cache'}, app: {url: 'test://app', period: 5m}}
            gates: {mine: [cache]}
            """
        let gateway = try TestGateway(yaml)
        gateway.begin()
        gateway.fail("db", .login, .denied)
        gateway.fail("cache", .connect, .refused)
        gateway.pass("app")
        var supervisor = Self.supervisor(of: gateway)
        var summaries: [Int: [String]] = [:]
        for second in 0..<100 {
            gateway.log.clear()
            supervisor.look(at: gateway.start + .seconds(second))
            summaries[second] = gateway.log.lines(with: "gates are closed")
        }
        #expect(summaries.filter { !$0.value.isEmpty }.keys.sorted() == [30, 60, 90])
        let line = "warning gates are closed gates=ready,startup,mine reasons=db login.denied, cache connect.refused"
        #expect(summaries[60] == [line])
    }

    @Test("With every gate open there is no summary, and the next closing begins anew to count")
    func noSummary() throws {
        let gateway = try TestGateway("checks: {db: {url: 'test://db', period: 1h, failureThreshold: 1}}")
        gateway.begin()
        gateway.fail("db", .connect, .refused)
        var supervisor = Self.supervisor(of: gateway)
        supervisor.look(at: gateway.start)
        gateway.pass("db")
        supervisor.look(at: gateway.start + .seconds(29))
        supervisor.look(at: gateway.start + .seconds(31))
        gateway.fail("db", .connect, .refused)
        supervisor.look(at: gateway.start + .seconds(32))
        supervisor.look(at: gateway.start + .seconds(61))
        #expect(gateway.log.lines(with: "gates are closed").isEmpty)
        supervisor.look(at: gateway.start + .seconds(62))
        #expect(gateway.log.lines(with: "gates are closed").count == 1)
    }

    @Test("A pass that has gone stale is told of within a look")
    func stale() async throws {
        let gateway = try TestGateway("checks: {db: {url: 'test://db', period: 5s, timeout: 1s, jitter: 0%}}")
        gateway.begin()
        gateway.pass("db")
        gateway.log.clear()
        try await eventually("loops that sleep") { gateway.loops.standstill(at: gateway.start + .seconds(8)) == .zero }
        var supervisor = Self.supervisor(of: gateway)
        for second in 0..<8 { supervisor.look(at: gateway.start + .seconds(second)) }
        #expect(gateway.log.lines.isEmpty)
        supervisor.look(at: gateway.start + .seconds(8))
        #expect(gateway.log.lines(with: "code=stale").count == 2)
    }

    @Test("Loops that stand still are told of once; /healthz fails after 30 s, /ready reads stale long before")
    func standstill() async throws {
        let clock = StuckClock()
        let start = clock.now
        let yaml = "checks: {db: {url: 'test://db', period: 5s, timeout: 1s, jitter: 0%}}"
        let gateway = try TestGateway(yaml, loopClock: clock)
        let site = try gateway.serve()
        let scheduler = Scheduler(
            plan: gateway.plan,
            aggregator: gateway.aggregator,
            loops: gateway.loops,
            sideThreads: SideThreads()
        )
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask(executorPreference: gateway.loops.checks.executor) { await scheduler.run() }
            defer { group.cancelAll() }
            // The loop sleeps until the second probe, from which it will not wake up.
            try await eventually("the loop sleeps") {
                gateway.loops.standstill(at: start + .seconds(6)) == .seconds(1)
            }
            #expect(try await site.status("/healthz") == 200)
            #expect(try await site.status("/ready") == 200)
            var supervisor = Self.supervisor(of: gateway)
            func look(at second: Int) {
                clock.move(to: start + .seconds(second))
                supervisor.look(at: clock.now)
            }
            for second in 1...8 { look(at: second) }
            #expect(gateway.log.lines(with: "stands still").isEmpty)
            #expect(try await site.status("/ready") == 503)
            #expect(try await site.get("/ready").text.contains(#""code":"stale""#))
            #expect(try await site.status("/healthz") == 200)
            for second in 9...35 { look(at: second) }
            #expect(gateway.log.lines(with: "stands still") == ["error the scheduler stands still seconds=4"])
            #expect(try await site.status("/healthz") == 200)
            clock.move(to: start + .milliseconds(35_001))
            for target in ["/healthz", "/livez", "/healthz?verbose", "/ready/healthz", "/healthz?wait=50ms"] {
                let reply = try await site.get(target)
                #expect(reply.status == 503)
                #expect(reply.text == "{\"status\":\"fail\",\"open\":false,\"gate\":\"healthz\"}\n")
            }
            let options = try await site.client().request("OPTIONS", "/healthz")
            #expect(options.status == 503)
            #expect(try await site.status("/metrics") == 200)
        }
    }
}
