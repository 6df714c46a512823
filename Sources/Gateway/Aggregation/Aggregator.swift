internal import Configuration
package import Health
internal import Synchronization
package import Transport

/// Takes the results in, applies the thresholds, judges the gates, and publishes what readers are to see.
///
/// Called from the loops of the checks and from the thread that watches over them; nothing slow happens under its lock.
package final class Aggregator: Sendable {
    /// Results that change no level are published at most this often.
    static let quietInterval = Duration.milliseconds(100)
    /// The part of the time that publishing may take: of changes of level, and of other results. One publication tells of all
    /// checks, so that with thousands it takes milliseconds.
    private static let urgentShare = 0.2
    private static let quietShare = 0.02

    private struct State {
        var checks: CheckStates
        var paces: [Pace]
        var gates: [GateEvaluation.Status]
        var counters: [CheckCounters]
        var hasStarted = false
        var isDraining = false
        var version: UInt64 = 0
        var lastPublication: ContinuousClock.Instant?
        /// How long it took.
        var lastCost = Duration.zero
        /// Whether results wait to be published.
        var isDirty = false
        /// Whether one of them changed a level.
        var isUrgent = false

        /// When what waits may be published; nil for at once.
        var nextPublication: ContinuousClock.Instant? {
            isUrgent ? lastPublication.map { $0 + lastCost / Aggregator.urgentShare } : nextQuietPublication
        }

        private var nextQuietPublication: ContinuousClock.Instant? {
            lastPublication.map { $0 + max(Aggregator.quietInterval, lastCost / Aggregator.quietShare) }
        }
    }

    /// What a check's own task is to do after a result.
    package struct Orders: Sendable {
        /// When to probe again.
        package let due: ContinuousClock.Instant
        /// When to log in afresh while a connection is held; has no meaning after a ping.
        package let canaryDue: ContinuousClock.Instant
        /// Whether the result waits for ``Aggregator/publishPending(at:)``.
        package let isPublicationPending: Bool
        /// Whether a changed secret file ends the pause before ``due``.
        package let waitsForSecrets: Bool
    }

    private let plan: Plan
    private let board: PageBoard
    private let journal: Journal
    private let clock: any LoopClock
    private let wallClock: @Sendable () -> Timestamp
    private let state: Mutex<State>

    /// - Parameters:
    ///   - clock: tells how long publishing takes.
    ///   - wallClock: the time of day, for timestamps alone.
    package init(
        plan: Plan,
        board: PageBoard,
        journal: Journal,
        clock: any LoopClock = SystemClock(),
        wallClock: @escaping @Sendable () -> Timestamp
    ) {
        self.plan = plan
        self.clock = clock
        self.board = board
        self.journal = journal
        self.wallClock = wallClock
        let initial = board.snapshot
        // The clock does not matter: nothing has happened that could grow old.
        let judgement = Judgement(of: initial, in: plan, at: .now)
        state = Mutex(
            State(
                checks: initial.checks,
                paces: plan.checks.map { _ in Pace() },
                gates: plan.gates.indices.map { judgement.verdict(ofGate: $0).status },
                counters: plan.checks.map { _ in CheckCounters() }
            )
        )
    }

    /// What a change of the state asks of the pages.
    private enum Publication {
        /// At once, whatever it costs.
        case now
        /// As soon as publishing has not taken more than its share of the time.
        case urgent
        /// Together with others.
        case quiet
        case never
    }

    /// Publishes for the first time: everything is pending. Sets when the first probes are due.
    package func start(firstProbes: [ContinuousClock.Instant], at now: ContinuousClock.Instant) {
        publish(at: now) { state in
            for (check, due) in firstProbes.enumerated() { state.checks[check].expect(probeAt: due) }
            return .now
        }
    }

    /// Takes the result of one probe in, and says when the next is due.
    ///
    /// - Parameters:
    ///   - scheduled: when this probe was due.
    ///   - chance: 0 to 1, at random: how much of the jitter is used.
    package func record(
        _ outcome: ProbeOutcome,
        _ kind: ProbeResult.Kind = .fresh,
        of check: Int,
        scheduled: ContinuousClock.Instant,
        started: ContinuousClock.Instant,
        finished: ContinuousClock.Instant,
        chance: Double
    ) -> Orders {
        let result = ProbeResult(outcome, kind, started: started, finished: finished, time: wallClock())
        var next = (probe: finished, canary: finished)
        let isPublished = publish(at: finished) { state in
            // Taken out and put back once, as each change to one in its place would copy it.
            var known = state.checks[check]
            let before = known
            let transition = known.record(result)
            state.counters[check].count(result, transition)
            next.probe = state.paces[check].next(after: result, of: known, scheduled: scheduled, chance: chance)
            if kind != .ping {
                next.canary = state.paces[check].nextCanary(after: result, of: known, chance: chance)
            }
            known.expect(probeAt: next.probe)
            state.checks[check] = known
            let isUrgent = transition != nil || changesReasons(of: check, from: before, to: known, at: finished)
            if let transition { journal.noteChange(of: check, transition, known.failure(at: finished)) }
            return isUrgent ? .urgent : .quiet
        }
        return Orders(
            due: next.probe,
            canaryDue: next.canary,
            isPublicationPending: !isPublished,
            waitsForSecrets: outcome.failure?.code.failureClass == .permanent
        )
    }

    /// Whether what readers act on is another: why the check does not pass, or does not meet a condition of the gates.
    private func changesReasons(
        of check: Int,
        from before: CheckState,
        to known: CheckState,
        at now: ContinuousClock.Instant
    ) -> Bool {
        before.failure(at: now)?.code != known.failure(at: now)?.code
            || plan.conditions[check]
                .contains {
                    $0.failure(on: before.replication)?.code != $0.failure(on: known.replication)?.code
                }
    }

    /// When ``publishPending(at:)`` is to be called; nil where nothing waits for it.
    var pendingPublication: ContinuousClock.Instant? {
        state.withLock { $0.isDirty ? $0.nextPublication : nil }
    }

    /// Publishes what ``record`` left for later, unless something else has just done so or nothing is left.
    package func publishPending(at now: ContinuousClock.Instant) {
        publish(at: now) { state in
            guard state.isDirty, let due = state.nextPublication, due <= now else { return .never }
            return .now
        }
    }

    /// Closes `ready` and the user's gates from now on.
    package func drain(at now: ContinuousClock.Instant) {
        publish(at: now) { state in
            defer { state.isDraining = true }
            return state.isDraining ? .never : .now
        }
    }

    /// Notes the changes that time alone has made, as from pass to stale, so that they are logged and counted.
    package func observe(at now: ContinuousClock.Instant) {
        let time = wallClock()
        publish(at: now) { state in
            var hasChanged = false
            for check in state.checks.indices {
                // To change one that is as it was would copy it.
                guard state.checks[check].hasChanged(at: now),
                    let transition = state.checks[check].observe(at: now, time: time)
                else { continue }
                state.counters[check].count(transition)
                journal.noteChange(of: check, transition, state.checks[check].failure(at: now))
                hasChanged = true
            }
            return hasChanged ? .now : .never
        }
    }

    /// What is known now.
    func snapshot() -> Snapshot {
        state.withLock { makeSnapshot(of: $0) }
    }

    func counters() -> [CheckCounters] {
        state.withLock { $0.counters }
    }

    /// Changes the state and, where `change` says so and it is time, judges the gates anew and hands the pages to the board.
    ///
    /// - Returns: whether nothing is left for ``publishPending(at:)``.
    @discardableResult
    private func publish(at now: ContinuousClock.Instant, _ change: (inout sending State) -> Publication) -> Bool {
        let began = clock.now
        let (judgement, isPublished) = state.withLock { state -> (Judgement?, Bool) in
            switch change(&state) {
            case .never: return (nil, !state.isDirty)
            case .now: break
            case .urgent:
                state.isUrgent = true
                fallthrough
            case .quiet:
                state.isDirty = true
                if let due = state.nextPublication, now < due { return (nil, false) }
            }
            (state.isDirty, state.isUrgent) = (false, false)
            state.lastPublication = now
            state.version += 1
            return (judgeGates(&state, at: now), true)
        }
        guard let judgement else { return isPublished }
        board.publish(judgement)
        let cost = began.duration(to: clock.now)
        state.withLock { $0.lastCost = cost }
        return true
    }

    private func judgeGates(_ state: inout State, at now: ContinuousClock.Instant) -> Judgement {
        var judgement = Judgement(of: makeSnapshot(of: state), in: plan, at: now)
        if !state.hasStarted, judgement.verdict(ofGate: plan.startup).isOpen {
            state.hasStarted = true
            judgement = Judgement(of: makeSnapshot(of: state), in: plan, at: now)
        }
        for gate in plan.gates.indices {
            let verdict = judgement.verdict(ofGate: gate)
            guard verdict.status != state.gates[gate] else { continue }
            state.gates[gate] = verdict.status
            journal.noteChange(ofGate: gate, verdict)
        }
        return judgement
    }

    private func makeSnapshot(of state: State) -> Snapshot {
        Snapshot(
            version: state.version,
            checks: state.checks,
            hasStarted: state.hasStarted,
            isDraining: state.isDraining
        )
    }
}
