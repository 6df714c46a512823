import Configuration
import Health
import Logging
import MicroHTTP
import Probes
import Synchronization
import TestSupport
import Transport

@testable import Gateway

/// A gateway without upstreams: the real plan, aggregator, board, router and scheduler, on a clock that a test moves.
final class TestGateway: Sendable {
    let clock: ManualClock
    let start: ContinuousClock.Instant
    let loops: Loops
    let plan: Plan
    let log = RecordingLog()
    /// How far the time of day is from where it would be had nobody set the machine's clock.
    let clockShift: ClockShift
    let board: PageBoard
    let room: WaitingRoom
    let aggregator: Aggregator
    let journal: Journal

    /// - Parameters:
    ///   - yaml: a configuration whose checks have URLs of the scheme `test`.
    ///   - probes: by the name of the check; those that are missing pass.
    ///   - details: what the listeners grant, in their order.
    ///   - loopClock: the loops' clock where it is not to be the one that a test moves.
    init(
        _ yaml: String,
        probes: [String: ScriptedProbe] = [:],
        details: [Listener.Detail] = [.summary],
        loopClock: (any LoopClock)? = nil
    ) throws {
        let clock = ManualClock(loops: 2)
        let start = clock.now
        let clockShift = ClockShift()
        self.clock = clock
        self.start = start
        self.clockShift = clockShift
        loops = try Loops(clock: loopClock ?? clock)
        try loops.start()
        plan = try Plan(yaml, probes: probes)
        guard let room = WaitingRoom() else { preconditionFailure("no descriptor is left") }
        self.room = room
        board = PageBoard(plan: plan, details: Set(details), published: room.askAgain)
        journal = Journal(
            checks: plan.checks.map(\.name),
            gates: plan.gates.map(\.name.description),
            logger: log.logger
        )
        aggregator = Aggregator(plan: plan, board: board, journal: journal, clock: loopClock ?? clock) {
            let sinceStart = start.duration(to: clock.now) + clockShift.amount.withLock { $0 }
            return Timestamp(milliseconds: Self.epoch + Int64((sinceStart / .milliseconds(1)).rounded()))
        }
        listeners = details.map {
            Listener(address: .tcp(host: "127.0.0.1", port: 0), detail: $0, text: "127.0.0.1:0")
        }
    }

    deinit { loops.stop() }

    /// What the time of day is when a test begins: 2026-11-24T19:17:02Z.
    static let epoch: Int64 = 1_795_547_822_000
    private let listeners: [Listener]

    var now: ContinuousClock.Instant { clock.now }

    /// Milliseconds since the test began.
    var elapsed: Int { Int(start.duration(to: now) / .milliseconds(1)) }

    func check(_ name: String) -> Int {
        guard let position = plan.checks.firstIndex(where: { $0.name == name }) else {
            preconditionFailure("no check \(name)")
        }
        return position
    }

    func gate(_ name: String) -> Int {
        guard let position = plan.gates.firstIndex(where: { $0.name.description == name }) else {
            preconditionFailure("no gate \(name)")
        }
        return position
    }
}

/// A setting of the machine's clock that a test can change.
final class ClockShift: Sendable {
    let amount = Mutex(Duration.zero)
}

// MARK: - Without a scheduler

extension TestGateway {
    /// Publishes the state before the first probe, each due at once.
    func begin() {
        aggregator.start(firstProbes: plan.checks.map { _ in now }, at: now)
    }

    /// Tells the aggregator of a probe that was due, began and ended now.
    @discardableResult
    func report(_ outcome: ProbeOutcome, of name: String, took duration: Duration = .zero) -> Aggregator.Orders {
        aggregator.record(
            outcome,
            of: check(name),
            scheduled: now - duration,
            started: now - duration,
            finished: now,
            chance: 0
        )
    }

    func pass(_ names: String...) {
        for name in names { report(.passed(), of: name) }
    }

    /// A pass that sees what the server is, and how far it is behind.
    @discardableResult
    func pass(_ name: String, as role: String, lag: Duration? = nil) -> Aggregator.Orders {
        let replication = Replication(roles: [ServerRole(role)], lag: lag)
        return report(.passed(.init(replication: replication)), of: name)
    }

    func fail(
        _ name: String,
        _ stage: FailureCode.Stage,
        _ reason: FailureCode.Reason,
        at place: String = "",
        _ detail: String = ""
    ) {
        report(.failed(ProbeFailure(FailureCode(stage, reason), at: place, detail)), of: name)
    }
}

// MARK: - With the real scheduler

extension TestGateway {
    /// Runs the scheduler on the loops while `body` moves the clock, then ends it and awaits its end.
    func schedule(
        sideThreads: SideThreads = SideThreads(),
        chance: @escaping @Sendable () -> Double = { 0 },
        _ body: @Sendable (TestGateway) async throws -> Void
    ) async throws {
        let scheduler = Scheduler(
            plan: plan,
            aggregator: aggregator,
            loops: loops,
            sideThreads: sideThreads,
            chance: chance
        )
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask(executorPreference: loops.checks.executor) { await scheduler.run() }
            await clock.waitUntilAsleep()
            defer { group.cancelAll() }
            try await body(self)
        }
    }
}

// MARK: - With the real server

extension TestGateway {
    /// A server on loopback, one port a listener, that answers with the real router.
    func serve(
        hosts: [String] = [],
        version: String = "0.0.0",
        longestWait: Duration = .seconds(300),
        waiters: Int = 256
    ) throws -> TestSite {
        try serve(waiters: waiters, router(hosts: hosts, version: version, longestWait: longestWait).answer)
    }

    /// A server that answers with any handler.
    func serve(waiters: Int = 256, _ handler: @escaping Server.Handler) throws -> TestSite {
        try TestSite(
            addresses: listeners.map { ListenAddress($0.address) },
            limits: ServerLimits(waiters: waiters, reservedDescriptors: 0),
            room: room,
            log: log,
            handler: handler
        )
    }

    func router(
        hosts: [String] = [],
        version: String = "0.0.0",
        longestWait: Duration = .seconds(300)
    ) -> Router {
        Router(
            plan: plan,
            board: board,
            aggregator: aggregator,
            loops: loops,
            listeners: listeners,
            hosts: hosts,
            version: version,
            longestWait: longestWait,
            room: room,
            connections: { nil }
        )
    }
}

extension Plan {
    /// The plan of a configuration whose checks have URLs of the scheme `test`.
    init(_ yaml: String, probes: [String: ScriptedProbe] = [:]) throws {
        self.init(try Configuration.test(yaml), probes: probes)
    }

    init(_ configuration: Configuration, probes: [String: ScriptedProbe]) {
        self.init(
            checks: configuration.checks.map { definition in
                Check(
                    definition: definition,
                    component: .datastore,
                    probe: probes[definition.name.description] ?? ScriptedProbe(.passes)
                )
            },
            gates: configuration.gates,
            service: configuration.service
        )
    }
}

extension Configuration {
    /// What the real loader makes of a text.
    static func test(_ yaml: String) throws -> Configuration {
        let type = CheckType(
            name: "test",
            schemes: [URLScheme("test", defaultPort: 1)],
            observables: Observables(
                kinds: [[ServerRole("primary")], [ServerRole("replica")]],
                roleOptions: [],
                lagNoise: .zero
            ),
            lowestPeriod: { _ in .milliseconds(1) },
            holding: { _ in .usually },
            summary: "Finds what a test says."
        )
        let loader = ConfigurationLoader(
            types: [type],
            environment: [:],
            files: FileReader { (_, _) throws(FileReader.Failure) in Array(yaml.utf8) }
        )
        let (configuration, diagnostics) = loader.load(CommandLineOptions(config: "allclear.yaml"))
        guard let configuration else { throw Unusable(text: "\(diagnostics.sorted)") }
        return configuration
    }

    struct Unusable: Error {
        let text: String
    }
}
