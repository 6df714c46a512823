import Configuration
import Health
import MicroHTTP
import TestSupport
import Testing

@testable import Gateway

@Suite("Gates in the life of a gateway")
struct GateLifeTests {
    @Test("Startup stays open once it was open")
    func latch() throws {
        let gateway = try TestGateway("checks: {db: {url: 'test://db', failureThreshold: 1}}")
        gateway.begin()
        #expect(gateway.page("startup").status == 503)
        gateway.pass("db")
        #expect(gateway.page("startup").status == 200)
        gateway.fail("db", .connect, .refused)
        #expect(gateway.page("ready").status == 503)
        #expect(gateway.page("startup").status == 200)
        #expect(gateway.verdict("startup").status == .pass)
    }

    @Test("A gate that names startup sees it latched too")
    func nestedLatch() throws {
        let yaml = """
            checks: {db: {url: 'test://db', failureThreshold: 1}, cache: {url: 'test://cache'}}
            gates: {startup: [db], ready: [startup, cache], outer: [ready]}
            """
        let gateway = try TestGateway(yaml)
        gateway.begin()
        gateway.pass("cache")
        #expect(gateway.page("ready").status == 503)
        gateway.pass("db")
        #expect(gateway.page("ready").status == 200)
        gateway.fail("db", .connect, .refused)
        #expect(gateway.page("ready").status == 200)
        #expect(gateway.page("outer").status == 200)
        #expect(gateway.page("startup").status == 200)
    }

    @Test("Where every check asks this machine, startup opens with the first result of each, whatever it is")
    func firstResults() throws {
        let yaml = "checks: {a: {url: 'test://localhost'}, b: {url: 'test://127.0.0.1', required: false}}"
        let gateway = try TestGateway(yaml)
        gateway.begin()
        gateway.pass("a")
        // The optional one counts too: it has not been asked.
        #expect(gateway.page("startup").status == 503)
        #expect(gateway.verdict("startup").failure?.code == .pending)
        gateway.fail("b", .connect, .refused)
        #expect(gateway.page("startup").status == 200)
        gateway.fail("a", .connect, .refused)
        #expect(gateway.page("startup").status == 200)
    }

    @Test("A first result that leaves its check pending opens such a startup too")
    func firstResultBelowThreshold() throws {
        let gateway = try TestGateway("checks: {a: {url: 'test://localhost', successThreshold: 3}}")
        gateway.begin()
        gateway.pass("a")
        gateway.aggregator.publishPending(at: gateway.now + .milliseconds(100))
        #expect(gateway.page("startup").status == 200)
        #expect(gateway.page("ready").status == 503)
    }

    @Test("Draining closes ready and the user's gates at once; all else stays as it is")
    func draining() throws {
        let yaml = """
            checks: {db: {url: 'test://db'}, cache: {url: 'test://cache', failureThreshold: 1}}
            gates: {mine: [db], healthz: []}
            """
        let gateway = try TestGateway(yaml)
        gateway.begin()
        gateway.pass("db", "cache")
        gateway.log.clear()
        gateway.aggregator.drain(at: gateway.now)
        for name in ["ready", "mine"] {
            #expect(gateway.page(name).status == 503)
            #expect(gateway.verdict(name).failure?.code == .draining)
        }
        for name in ["startup", "healthz"] { #expect(gateway.page(name).status == 200) }
        // A check's own page stays truthful.
        let db = Subject.check(gateway.check("db"))
        #expect(gateway.board.page(on: db, for: .summary, at: gateway.now).status == 200)
        gateway.fail("cache", .connect, .refused)
        let cache = Subject.check(gateway.check("cache"))
        #expect(gateway.board.page(on: cache, for: .summary, at: gateway.now).status == 503)
        #expect(gateway.page("ready").status == 503)
        #expect(
            gateway.log.lines(with: "draining") == [
                "warning gate changed code=draining gate=ready status=fail",
                "warning gate changed code=draining gate=mine status=fail",
            ]
        )
    }

    @Test("Draining twice changes nothing more")
    func drainingTwice() throws {
        let gateway = try TestGateway("checks: {db: {url: 'test://db'}}")
        gateway.begin()
        gateway.pass("db")
        gateway.aggregator.drain(at: gateway.now)
        let version = gateway.board.snapshot.version
        gateway.aggregator.drain(at: gateway.now)
        #expect(gateway.board.snapshot.version == version)
        #expect(gateway.log.lines(with: "draining").count == 1)
    }

    @Test("A gateway that drains before it has started may still start")
    func drainingBeforeStart() throws {
        let gateway = try TestGateway("checks: {db: {url: 'test://db'}}")
        gateway.begin()
        gateway.aggregator.drain(at: gateway.now)
        #expect(gateway.page("startup").status == 503)
        gateway.pass("db")
        #expect(gateway.page("startup").status == 200)
        #expect(gateway.page("ready").status == 503)
    }

    @Test("An optional check opens nothing and closes nothing, but is required where it is asked for by name")
    func optional() throws {
        let gateway = try TestGateway("checks: {db: {url: 'test://db'}, cache: {url: 'test://cache', required: false}}")
        gateway.begin()
        gateway.pass("db")
        #expect(gateway.verdict("ready").status == .warn)
        gateway.fail("cache", .connect, .refused)
        #expect(gateway.page("ready").status == 200)
        #expect(gateway.verdict("ready").failure?.code.description == "connect.refused")
        let cache = Subject.check(gateway.check("cache"))
        #expect(gateway.board.page(on: cache, for: .summary, at: gateway.now).status == 503)
    }

    /// CONTRACT section 6: 503 only while nobody speaks the protocol there.
    static let silence: Set<String> = Set(
        ["connect", "secure", "login", "exchange"]
            .flatMap { stage in
                ["refused", "timed_out", "closed", "malformed"].map { "\(stage).\($0)" }
            }
    )

    @Test("The liveness face of a check is closed by silence alone")
    func liveness() throws {
        for stage in FailureCode.Stage.allCases {
            for reason in FailureCode.Reason.allCases {
                let gateway = try TestGateway("checks: {db: {url: 'test://db'}}")
                gateway.begin()
                let liveness = { gateway.board.page(on: .liveness(0), for: .summary, at: gateway.now).status }
                #expect(liveness() == 200)
                gateway.fail("db", stage, reason)
                let code = FailureCode(stage, reason)
                #expect(liveness() == (Self.silence.contains(code.description) ? 503 : 200), "\(code)")
            }
        }
    }

    @Test("Time alone is logged, counted and published when the supervisor looks")
    func observed() throws {
        let gateway = try TestGateway("checks: {db: {url: 'test://db', period: 5s, timeout: 1s}}")
        gateway.begin()
        gateway.pass("db")
        gateway.log.clear()
        let version = gateway.board.snapshot.version
        gateway.aggregator.observe(at: gateway.start + .seconds(7))
        #expect(gateway.board.snapshot.version == version)
        gateway.aggregator.observe(at: gateway.start + .seconds(8))
        #expect(gateway.board.snapshot.version == version + 1)
        #expect(
            gateway.log.lines == [
                "warning check changed check=db code=stale from=pass reason=stale: the last result is too old to be believed to=fail",
                "warning gate changed check=db code=stale gate=ready status=fail",
            ]
        )
        #expect(gateway.aggregator.counters()[0].transitions[.fail] == 1)
    }
}
