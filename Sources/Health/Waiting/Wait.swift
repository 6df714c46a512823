/// Waiting until a gate opens: what the attempts so far say, and when to ask each service next (CONTRACT section 2, `wait`).
///
/// A value without clocks and without I/O: whoever holds it makes the attempts and says what time it is.
package struct Wait: Sendable {
    /// What is waited for.
    package struct Terms: Sendable {
        /// How long the gate must stay open before it counts.
        package var stable: Duration
        /// How long a failure of class permanent may stand before the wait is in vain; nil for ever.
        package var patience: Duration?
        /// Whether services shall be down: nobody answers there (stages resolve and connect).
        package var isInverted: Bool

        package init(stable: Duration = .zero, patience: Duration? = .seconds(10), isInverted: Bool = false) {
            self.stable = stable
            self.patience = patience
            self.isInverted = isInverted
        }
    }

    /// What a result means for the whole.
    package enum Verdict: Hashable, Sendable {
        case goOn
        /// All that must pass has passed, and no pass is older than the period of its check.
        case reached
        /// Whatever else may still come, these checks keep the gate closed, by position.
        case inVain([Int])
    }

    private struct Check {
        var state: CheckState
        var milestones = Milestones()
        /// Since when it has failed with class permanent without a break.
        var permanentSince: ContinuousClock.Instant?
        /// How many such failures came in a row.
        var permanentFailures = 0
        /// When to ask next; nil for not before something else happens.
        var due: ContinuousClock.Instant?
    }

    private let goal: GateRule
    private let rules: [GateRule]
    private let isRequired: [Bool]
    private let conditions: [[GateCondition]]
    private let terms: Terms
    private let start: ContinuousClock.Instant
    private var checks: [Check]
    /// Since when the goal is met without a break.
    private var metSince: ContinuousClock.Instant?

    /// - Parameters:
    ///   - goal: the gate that shall open; refers to checks and to `rules` by position.
    ///   - rules: of all gates.
    ///   - policies: of all checks. Their thresholds for passes hold; one failure is enough to make a check fail.
    package init(
        for goal: GateRule,
        among rules: [GateRule],
        policies: [CheckPolicy],
        terms: Terms,
        start: ContinuousClock.Instant
    ) {
        self.goal = goal
        self.rules = rules
        self.terms = terms
        self.start = start
        isRequired = policies.map(\.isRequired)
        conditions = GateRule.conditions(in: goal.reachable(among: rules), onChecks: policies.count)
        checks = policies.map { policy in
            var policy = policy
            policy.failureThreshold = 1
            policy.tolerate = .zero
            return Check(state: CheckState(policy: policy), due: start)
        }
    }

    /// Takes the result of an attempt in.
    ///
    /// Whom to ask when may have changed for other checks too, see ``due(of:)``.
    package mutating func record(_ result: ProbeResult, of index: Int) -> Verdict {
        let now = result.finished
        _ = checks[index].state.record(result)
        let waited = start.duration(to: now)
        checks[index].milestones.note(result.outcome, isAsWanted: isAsWanted(index), at: waited)
        notePermanence(of: index, result)
        checks[index].due = isSettled(index) ? nil : nextAttempt(of: index, after: result)
        guard isMet(at: now, assuming: { isAsWanted($0) }) else {
            metSince = nil
            return verdictOnHopes(at: now)
        }
        return verdictOnPasses(since: metSince ?? now, at: now)
    }

    /// When to ask a check next; nil for not before another result says so.
    package func due(of index: Int) -> ContinuousClock.Instant? { checks[index].due }

    package func milestones(of index: Int) -> Milestones { checks[index].milestones }

    /// Why a check is not as it shall be; nil where it is, or where nothing can be said but that it still answers.
    package func failure(of index: Int) -> ProbeFailure? {
        guard !terms.isInverted else { return nil }
        let state = checks[index].state
        guard let latest = state.latest else { return ProbeFailure(.pending) }
        return state.failure(at: latest.finished) ?? unmetCondition(of: index)
    }

    package var isInverted: Bool { terms.isInverted }

    /// Whether a check is as it shall be, by its last result.
    package func isAsWanted(_ index: Int) -> Bool {
        guard let latest = checks[index].state.latest else { return false }
        guard terms.isInverted else { return checks[index].state.level(at: latest.finished).isPassing }
        return [.resolve, .connect].contains(latest.outcome.failure?.code.stage)
    }

    /// The check that was the last to become as it shall be; nil where none is.
    package var last: Int? {
        checks.indices.filter { checks[$0].milestones.passed != nil }
            .max { checks[$0].milestones.passed! < checks[$1].milestones.passed! }
    }
}

// MARK: - Verdicts

extension Wait {
    /// The goal is met by the last results: whether it has been for long enough, and by results that are new enough.
    private mutating func verdictOnPasses(since met: ContinuousClock.Instant, at now: ContinuousClock.Instant)
        -> Verdict
    {
        metSince = met
        let end = met + terms.stable
        guard now >= end else {
            for index in checks.indices where isSettled(index) {
                let next = (checks[index].state.latest?.finished ?? now) + watchInterval(of: index)
                checks[index].due = min(next, end)
            }
            return .goOn
        }
        let isOld = { [checks] (index: Int) in
            guard let latest = checks[index].state.latest else { return true }
            return latest.finished.duration(to: now) > checks[index].state.policy.period
        }
        if isMet(at: now, assuming: { isAsWanted($0) && !isOld($0) }) { return .reached }
        for index in checks.indices where isSettled(index) && isOld(index) { checks[index].due = now }
        return .goOn
    }

    /// Between two attempts while a check must go on passing: its period, but some ten times within `stable`.
    private func watchInterval(of index: Int) -> Duration {
        min(checks[index].state.policy.period, max(terms.stable / 10, .milliseconds(100)))
    }

    /// In vain is what stays closed even if all passes that has not failed for good.
    private func verdictOnHopes(at now: ContinuousClock.Instant) -> Verdict {
        guard let patience = terms.patience, !terms.isInverted else { return .goOn }
        let hopeless = checks.indices.filter { checks[$0].permanentSince.map { $0 + patience <= now } ?? false }
        guard !hopeless.isEmpty, !isMet(at: now, by: \.withoutConditions, assuming: { !hopeless.contains($0) }) else {
            return .goOn
        }
        return .inVain(hopeless)
    }

    private func isMet(
        at now: ContinuousClock.Instant,
        by form: (GateRule) -> GateRule = { $0 },
        assuming isPassing: (Int) -> Bool
    ) -> Bool {
        GateEvaluation(
            levels: checks.indices.map { isPassing($0) ? .pass : .fail },
            replication: { [checks] in checks[$0].state.replication },
            isRequired: isRequired,
            rules: rules.map(form)
        )
        .verdict(of: form(goal)).isOpen
    }
}

// MARK: - Pace

extension Wait {
    /// Whether nothing more is to be learnt of a check for now.
    private func isSettled(_ index: Int) -> Bool {
        isAsWanted(index) && unmetCondition(of: index) == nil
    }

    private func unmetCondition(of index: Int) -> ProbeFailure? {
        guard !terms.isInverted else { return nil }
        let replication = checks[index].state.replication
        return conditions[index].lazy.compactMap { $0.failure(on: replication) }.first
    }

    private mutating func notePermanence(of index: Int, _ result: ProbeResult) {
        if result.outcome.failure?.code.failureClass == .permanent {
            checks[index].permanentSince = checks[index].permanentSince ?? result.finished
            checks[index].permanentFailures += 1
        } else {
            checks[index].permanentSince = nil
            checks[index].permanentFailures = 0
        }
    }

    private func nextAttempt(of index: Int, after result: ProbeResult) -> ContinuousClock.Instant {
        let check = checks[index]
        let now = result.finished
        let isCounting = result.outcome.failure == nil && !check.state.level(at: now).isPassing
        // Passes count once a period.
        if isCounting, !terms.isInverted { return max(result.started + check.state.policy.period, now) }
        let waited = start.duration(to: now)
        let next =
            now
            + WaitPace.pause(
                after: result,
                waited: waited,
                spoken: check.milestones.spoken.map { waited - $0 },
                repetitions: max(check.permanentFailures - 1, 0)
            )
        // With a last try when patience ends.
        guard let patience = terms.patience, let end = check.permanentSince.map({ $0 + patience }), now < end else {
            return next
        }
        return min(next, end)
    }
}

extension GateRule {
    /// The rule and those of the gates that it leads to.
    fileprivate func reachable(among rules: [GateRule]) -> [GateRule] {
        entries.reduce(into: [self]) { found, entry in
            if case .gate(let position) = entry.subject { found += rules[position].reachable(among: rules) }
        }
    }

    fileprivate var withoutConditions: GateRule {
        GateRule(quorum, of: entries.map { Entry($0.subject, isRequired: $0.isRequired) })
    }
}
