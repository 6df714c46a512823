import Configuration
import Health
import Logging
import MicroHTTP
import Probes
import TestSupport
import Transport

@testable import Gateway

/// The gateway of the examples: the real routes behind the real server, its clock standing still, its results scripted.
///
/// It has one listener for each level of detail. Call ``stop()`` at the end.
final class ScriptedGateway {
    private static let configuration = """
        service: {name: shop, version: "4", release: "4.9.1", description: the web shop}
        checks:
          db: {url: "postgres://shop@db/shop"}
          cache: {url: "redis://cache", required: false}
        gates:
          writer: {check: db, role: primary}
        """

    /// The time of day of every result: 2026-03-01T12:00:05Z.
    private static let timeOfDay = Timestamp(milliseconds: 1_772_366_405_000)

    let plan: Plan
    private let clock = FrozenClock()
    private let loops: Loops
    private let aggregator: Aggregator
    private let server: Server
    private let clients: [Listener.Detail: SimpleHTTPClient]
    private var sleeper: Task<Void, Never>?

    init(_ scene: Scene) async throws {
        plan = try Self.plan(for: scene)
        loops = try Loops(clock: clock)
        guard let room = WaitingRoom() else { preconditionFailure("no descriptor is left") }
        let board = PageBoard(plan: plan, details: Set(Listener.Detail.allCases), published: room.askAgain)
        let logger = Logger(label: "examples") { _ in SwiftLogNoOpLogHandler() }
        let journal = Journal(
            checks: plan.checks.map(\.name),
            gates: plan.gates.map(\.name.description),
            logger: logger
        )
        aggregator = Aggregator(plan: plan, board: board, journal: journal, clock: clock) { Self.timeOfDay }
        let counter = ConnectionCounter()
        let details = Listener.Detail.allCases
        let router = Router(
            plan: plan,
            board: board,
            aggregator: aggregator,
            loops: loops,
            listeners: details.map { Listener(address: .tcp(host: "127.0.0.1", port: 0), detail: $0, text: "") },
            hosts: [],
            version: Version.current,
            longestWait: .seconds(300),
            room: room,
            connections: counter.current
        )
        server = Server(
            addresses: details.map { _ in .tcp(host: "127.0.0.1", port: 0) },
            room: room,
            log: { _ in },
            handler: router.answer
        )
        counter.count(for: server)
        try server.start()
        let ports = server.boundAddresses.map { if case .tcp(_, let port) = $0 { port } else { UInt16(0) } }
        clients = Dictionary(uniqueKeysWithValues: zip(details, ports.map { SimpleHTTPClient(port: $0) }))
        try await play(scene)
    }

    /// Sends a request to the listener of a level of detail; each has a connection that is kept as long as it may.
    func client(_ detail: Listener.Detail = .summary) -> SimpleHTTPClient {
        clients[detail]!
    }

    func stop() async {
        server.stop(within: .zero)
        guard let sleeper else { return }
        sleeper.cancel()
        await sleeper.value
        loops.stop()
    }

    private static func plan(for scene: Scene) throws -> Plan {
        let crowd = (0..<60).map { "  service-\($0): {url: \"redis://service-\($0)\"}\n" }.joined()
        let yaml = scene == .crowded ? "checks:\n\(crowd)gates: {healthz: [service-1]}" : Self.configuration
        let (loaded, messages) = TextLoader.load(yaml)
        guard let configuration = loaded else { throw Value.Unreadable(problems: messages) }
        let checks = configuration.checks.map { Plan.Check(definition: $0, component: .datastore, probe: NoProbe()) }
        return Plan(checks: checks, gates: configuration.gates, service: configuration.service)
    }

    private func play(_ scene: Scene) async throws {
        aggregator.start(firstProbes: plan.checks.map { _ in clock.now }, at: clock.now)
        switch scene {
        case .starting: return
        case .clear: recordAll()
        case .degraded: recordAll(failing: "cache", FailureCode(.connect, .refused), "Connection refused")
        case .down:
            recordAll(failing: "db", FailureCode(.login, .starting), "57P03 the database system is starting up")
        case .demoted:
            let replication = Replication(roles: [ServerRole("replica")], lag: .milliseconds(900))
            record(.passed(.init(replication: replication)), of: 0)
            record(.passed(), of: 1)
        case .draining:
            recordAll()
            aggregator.drain(at: clock.now)
        case .stale:
            recordAll()
            clock.move(by: .seconds(60))
        case .stuck: try await standStill()
        case .crowded:
            for index in plan.checks.indices {
                let failure = ProbeFailure(FailureCode(.exchange, .timedOut), at: plan.checks[index].name)
                record(index % 2 == 0 ? .passed() : .failed(failure), of: index)
            }
        }
        clock.move(by: .milliseconds(1500))
    }

    private func recordAll(failing name: String? = nil, _ code: FailureCode = .pending, _ detail: String = "") {
        for (index, check) in plan.checks.enumerated() {
            let failure = ProbeFailure(code, at: "\(check.name):5432", detail)
            record(check.name == name ? .failed(failure) : .passed(Self.seen), of: index)
        }
    }

    /// A certificate that is valid until 2026-06-01T00:00:00Z.
    private static let seen = ProbeOutcome.Observation(certificateEnd: Timestamp(milliseconds: 1_780_272_000_000))

    private func record(_ outcome: ProbeOutcome, of check: Int) {
        _ = aggregator.record(
            outcome,
            of: check,
            scheduled: clock.now,
            started: clock.now - (check == 0 ? .microseconds(3200) : .microseconds(750)),
            finished: clock.now,
            chance: 0
        )
    }

    /// Has the loop sleep until a moment that then passes without its waking up.
    private func standStill() async throws {
        try loops.start()
        let loop = loops.checks
        let wakeUp = clock.now + .seconds(1)
        sleeper = Task { await loop.sleep(until: wakeUp) }
        // A loop that is awake has been due for longer than one that sleeps until then.
        try await eventually("the loop sleeps") {
            (.seconds(30)...(.seconds(31))).contains(loop.standstill(at: wakeUp + .seconds(31)))
        }
        clock.move(by: .seconds(32))
    }
}

/// Stands where a plan needs a probe; nobody asks it.
private struct NoProbe: Probe {
    func run(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> ProbeOutcome {
        .passed()
    }
}
