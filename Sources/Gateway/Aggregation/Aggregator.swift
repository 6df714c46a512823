internal import Configuration
package import Health
internal import Synchronization

/// Takes the results in, applies the thresholds, judges the gates, and publishes what readers are to see.
///
/// Called from the loops of the checks and from the thread that watches over them; nothing slow happens under its lock.
package final class Aggregator: Sendable {
    /// Results that change no level are published at most this often.
    static let quietInterval = Duration.milliseconds(100)

    private struct State {
        var checks: [CheckState]
        var paces: [Pace]
        var gates: [GateEvaluation.Status]
        var counters: [CheckCounters]
        var hasStarted = false
        var isDraining = false
        var version: UInt64 = 0
        var lastPublication: ContinuousClock.Instant?
        /// Whether results wait to be published.
        var isDirty = false

        /// When results that change no level may be published; nil for at once.
        var nextQuietPublication: ContinuousClock.Instant? { lastPublication.map { $0 + Aggregator.quietInterval } }
    }

    /// What a check's own task is to do after a result.
    package struct Orders: Sendable {
        /// When to probe again.
        package let due: ContinuousClock.Instant
        /// Whether the result waits for ``Aggregator/publishPending(at:)``.
        package let isPublicationPending: Bool
        /// Whether a changed secret file ends the pause before ``due``.
        package let waitsForSecrets: Bool
    }

    private let plan: Plan
    private let board: PageBoard
    private let journal: Journal
    private let wallClock: @Sendable () -> Timestamp
    private let state: Mutex<State>

    /// - Parameter wallClock: the time of day, for timestamps alone.
    package init(plan: Plan, board: PageBoard, journal: Journal, wallClock: @escaping @Sendable () -> Timestamp) {
        self.plan = plan
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
        case now
        case later
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
        of check: Int,
        scheduled: ContinuousClock.Instant,
        started: ContinuousClock.Instant,
        finished: ContinuousClock.Instant,
        chance: Double
    ) -> Orders {
        let result = ProbeResult(outcome, started: started, finished: finished, time: wallClock())
        var orders: Orders?
        publish(at: finished) { state in
            let before = reasons(of: check, state, at: finished)
            let transition = state.checks[check].record(result)
            state.counters[check].count(result, transition)
            let due = state.paces[check]
                .next(
                    after: result,
                    of: state.checks[check],
                    scheduled: scheduled,
                    chance: chance
                )
            state.checks[check].expect(probeAt: due)
            let isUrgent = transition != nil || reasons(of: check, state, at: finished) != before
            let isPublished = isUrgent || state.nextQuietPublication.map { $0 <= finished } ?? true
            orders = Orders(
                due: due,
                isPublicationPending: !isPublished,
                waitsForSecrets: outcome.failure?.code.failureClass == .permanent
            )
            if let transition { journal.noteChange(of: check, transition, state.checks[check].failure(at: finished)) }
            return isPublished ? .now : .later
        }
        return orders!
    }

    /// What readers act on: why the check does not pass, and why it does not meet each condition of the gates.
    private func reasons(of check: Int, _ state: State, at now: ContinuousClock.Instant) -> [FailureCode?] {
        let known = state.checks[check]
        return [known.failure(at: now)?.code] + plan.conditions[check].map { $0.failure(on: known.replication)?.code }
    }

    /// When ``publishPending(at:)`` is to be called; nil where nothing waits for it.
    var pendingPublication: ContinuousClock.Instant? {
        state.withLock { $0.isDirty ? $0.nextQuietPublication : nil }
    }

    /// Publishes what ``record`` left for later, unless something else has just done so or nothing is left.
    package func publishPending(at now: ContinuousClock.Instant) {
        publish(at: now) { state in
            guard state.isDirty, let due = state.nextQuietPublication, due <= now else { return .never }
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
                guard let transition = state.checks[check].observe(at: now, time: time) else { continue }
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

    /// Changes the state and, where `change` says so, judges the gates anew and hands the pages to the board.
    private func publish(at now: ContinuousClock.Instant, _ change: (inout sending State) -> Publication) {
        let snapshot: Snapshot? = state.withLock { state in
            switch change(&state) {
            case .now: state.isDirty = false
            case .later:
                state.isDirty = true
                return nil
            case .never: return nil
            }
            state.lastPublication = now
            state.version += 1
            judgeGates(&state, at: now)
            return makeSnapshot(of: state)
        }
        if let snapshot { board.publish(snapshot, at: now) }
    }

    private func judgeGates(_ state: inout State, at now: ContinuousClock.Instant) {
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
