package import Configuration
internal import Glibc
internal import Health
package import Logging
internal import MicroHTTP
package import Transport

/// The gateway from start to stop: listens first, then probes, and leaves when it is told to (CONTRACT section 8).
package struct Gateway {
    private let configuration: Configuration
    private let plan: Plan
    private let loops: Loops
    private let server: Server
    private let aggregator: Aggregator
    private let scheduler: Scheduler
    private let journal: Journal
    private let children: Children
    private let logger: Logger

    /// Why it cannot start: one line that names what is in the way and what to do.
    package struct StartFailure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Nothing runs and nothing is opened but three epoll sets before ``run(until:)``.
    ///
    /// - Parameters:
    ///   - environment: where systemd says which sockets it passes.
    ///   - version: of this program.
    package init(
        _ configuration: Configuration,
        plan: Plan,
        network: Network,
        environment: [String: String],
        version: String,
        logger: Logger
    ) throws(StartFailure) {
        self.configuration = configuration
        self.plan = plan
        self.logger = logger
        do throws(TransportFailure) {
            loops = try Loops()
        } catch {
            throw StartFailure(description: error.detail)
        }
        journal = Journal(
            checks: plan.checks.map(\.name),
            gates: plan.gates.map(\.name.description),
            logger: logger
        )
        children = network.children
        guard let room = WaitingRoom() else {
            throw StartFailure(description: "no descriptor is left; raise the limit on open files")
        }
        let board = PageBoard(
            plan: plan,
            details: Set(configuration.listeners.map(\.detail)),
            published: room.askAgain
        )
        aggregator = Aggregator(plan: plan, board: board, journal: journal, wallClock: wallClock)
        scheduler = Scheduler(plan: plan, aggregator: aggregator, loops: loops, sideThreads: network.sideThreads)
        let counts = ConnectionCounter()
        let router = Router(
            plan: plan,
            board: board,
            aggregator: aggregator,
            loops: loops,
            listeners: configuration.listeners,
            hosts: configuration.hosts,
            version: version,
            longestWait: configuration.limits.wait,
            room: room,
            connections: counts.current
        )
        let descriptors = DescriptorBudget(checks: plan.checks.count, connections: configuration.limits.connections)
        DescriptorLimit.raise(to: descriptors.wanted)
        server = Server(
            addresses: configuration.listeners.map { ListenAddress($0.address) },
            limits: ServerLimits(
                connections: configuration.limits.connections,
                waiters: configuration.limits.waiters,
                reservedDescriptors: descriptors.reserved
            ),
            environment: environment,
            room: room,
            log: { [logger] in logger.log(level: $0.isWarning ? .warning : .debug, "\($0)") },
            handler: router.answer
        )
        counts.count(for: server)
    }

    /// Runs until a signal ends it; everything has stopped when it returns.
    ///
    /// Blocks its thread, which must be the one that took the signals over.
    /// - Throws: where it cannot listen; nothing then stays behind.
    package func run(until signals: Signals) throws(StartFailure) {
        do throws(ServerFailure) {
            try server.start()
        } catch {
            throw StartFailure(description: error.description)
        }
        do throws(TransportFailure) {
            try loops.start()
        } catch {
            server.stop(within: .zero)
            throw StartFailure(description: error.detail)
        }
        logStart()
        let checking = RootTask(on: loops.checks) { [scheduler] in await scheduler.run() }
        watch(until: signals)
        checking.cancel()
        checking.wait()
        loops.stop()
        logger.notice("stopped")
    }

    private func logStart() {
        for address in server.boundAddresses { logger.notice("listening", metadata: ["address": "\(address)"]) }
        let checks = plan.checks.map { check in
            "\(check.name)=\(check.definition.targetDescription) (\(check.definition.origin))"
        }
        let gates = plan.gates.enumerated()
            .map { index, gate in
                let members = plan.members[index].map { plan.checks[$0.check].name }.joined(separator: " ")
                let origin = gate.location == .builtIn ? "" : " (\(gate.location.origin))"
                return "\(gate.name)=[\(members)]\(origin)"
            }
        logger.notice(
            "checking",
            metadata: ["checks": "\(checks.joined(separator: ", "))", "gates": "\(gates.joined(separator: ", "))"]
        )
    }

    /// Watches over the loops from outside of them, and obeys signals, until it is time to go.
    private func watch(until signals: Signals) {
        var supervisor = Supervisor(plan: plan, aggregator: aggregator, loops: loops, journal: journal, logger: logger)
        // Reckoned by the clock, as dying children may keep the signals from ever pausing.
        var nextLook = ContinuousClock.now + Supervisor.interval
        while true {
            let signal = signals.next(within: ContinuousClock.now.duration(to: nextLook))
            if ContinuousClock.now >= nextLook {
                supervisor.look(at: .now)
                // Also those that stood behind a child of ours at the last signal.
                reapOrphans()
                nextLook = .now + Supervisor.interval
            }
            switch signal {
            case nil: continue
            case .child: reapOrphans()
            case .hangUp: logger.notice("SIGHUP is ignored: reloading is not built in yet")
            case .terminate: return leave(after: configuration.drain.delay, signals)
            case .interrupt: return leave(after: .zero, signals)
            }
        }
    }

    /// Closes the gates at once, goes on serving for a while, then finishes what is open.
    private func leave(after delay: Duration, _ signals: Signals) {
        let deadline = ContinuousClock.now + configuration.drain.timeout
        aggregator.drain(at: .now)
        logger.notice("draining")
        let end = min(ContinuousClock.now + delay, deadline)
        while ContinuousClock.now < end {
            guard !isHurried(signals, within: ContinuousClock.now.duration(to: end)) else {
                return server.stop(within: .zero)
            }
        }
        server.stopAccepting()
        while server.connections.active > 0, ContinuousClock.now < deadline {
            if isHurried(signals, within: .milliseconds(10)) { break }
        }
        server.stop(within: .zero)
    }

    /// Only PID 1 inherits orphans; anywhere else a dead child is somebody's who waits for it.
    private func reapOrphans() {
        if getpid() == 1 { children.reapOrphans() }
    }

    /// Waits for a second signal to leave, which ends the process at once.
    private func isHurried(_ signals: Signals, within patience: Duration) -> Bool {
        switch signals.next(within: patience) {
        case .terminate, .interrupt: return true
        case .child: reapOrphans()
        case .hangUp, nil: break
        }
        return false
    }
}
