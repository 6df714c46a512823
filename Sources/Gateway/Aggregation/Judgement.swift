internal import Configuration
internal import Health

/// What a snapshot says at one moment of gates and checks.
struct Judgement {
    /// A verdict with the word for why.
    struct Verdict {
        let status: GateEvaluation.Status
        /// The first closing reason, or what warns; nil where all is well.
        let failure: ProbeFailure?
        /// The position of the check that the failure is of; nil where it is the gateway's own.
        let cause: Int?

        var isOpen: Bool { status != .fail }
    }

    let plan: Plan
    let snapshot: Snapshot
    let now: ContinuousClock.Instant
    /// Results older than this count as stale; nil for no such wish.
    let maxAge: Duration?
    private let evaluation: GateEvaluation

    init(of snapshot: Snapshot, in plan: Plan, at now: ContinuousClock.Instant, maxAge: Duration? = nil) {
        self.plan = plan
        self.snapshot = snapshot
        self.now = now
        self.maxAge = maxAge
        let views = zip(plan.checks, snapshot.checks)
            .map { check, state in
                GateEvaluation.CheckView(of: state, isRequired: check.policy.isRequired, at: now, maxAge: maxAge)
            }
        var rules = plan.rules
        // Once open it stays open, for gates that name it too.
        if snapshot.hasStarted { rules[plan.startup] = GateRule(.all, of: []) }
        evaluation = GateEvaluation(checks: views, rules: rules)
    }

    /// The verdict of a gate as `/ready` and its like give it.
    func verdict(ofGate gate: Int, excluding excluded: Set<Int> = []) -> Verdict {
        if isClosedByDraining(gate) { return .draining }
        if gate == plan.startup {
            if snapshot.hasStarted { return .pass }
            if plan.gates[gate].opensWithFirstResults { return verdictOfFirstResults(excluding: excluded) }
        }
        return verdict(of: plan.rules[gate], excluding: excluded)
    }

    /// Whether a gate is closed because the gateway is leaving: `ready` and the user's own.
    func isClosedByDraining(_ gate: Int) -> Bool {
        snapshot.isDraining && gate != plan.startup && gate != plan.healthz
    }

    /// Open once every check of `startup` has been asked, whatever it answered.
    private func verdictOfFirstResults(excluding excluded: Set<Int>) -> Verdict {
        let unasked = plan.members[plan.startup].first { snapshot.checks[$0].latest == nil && !excluded.contains($0) }
        guard let unasked else { return .pass }
        return Verdict(status: .fail, failure: view(of: unasked).failure, cause: unasked)
    }

    /// The verdict of a rule that need not be a gate's.
    func verdict(of rule: GateRule, excluding excluded: Set<Int> = []) -> Verdict {
        let verdict = evaluation.verdict(of: rule, excluding: excluded)
        let failure = verdict.cause.flatMap { evaluation.checks[$0].failure }
        return Verdict(status: verdict.status, failure: failure, cause: verdict.cause)
    }

    /// The liveness face of one check: whether it speaks its protocol at all (CONTRACT section 6, `/healthz/NAME`).
    func liveness(of check: Int) -> Verdict {
        let view = evaluation.checks[check]
        guard view.level == .fail, let failure = view.failure, isSilence(failure.code) else {
            return .pass
        }
        return Verdict(status: .fail, failure: failure, cause: check)
    }

    func view(of check: Int) -> GateEvaluation.CheckView {
        evaluation.checks[check]
    }

    /// The checks that a rule looks at, in configuration order.
    func positions(of rule: GateRule) -> [Int] {
        evaluation.positions(of: rule).sorted()
    }

    func requires(_ check: Int, in rule: GateRule) -> Bool {
        evaluation.requires(check, in: rule)
    }

    /// When any of these checks changes its level by itself; nil for never.
    func nextChange(of checks: [Int]) -> ContinuousClock.Instant? {
        checks.compactMap { snapshot.checks[$0].nextChange(after: now) }.min()
    }
}

extension Judgement.Verdict {
    fileprivate static let pass = Judgement.Verdict(status: .pass, failure: nil, cause: nil)
    static let draining = Judgement.Verdict(status: .fail, failure: ProbeFailure(.draining), cause: nil)
}

extension GateEvaluation.CheckView {
    fileprivate init(of state: CheckState, isRequired: Bool, at now: ContinuousClock.Instant, maxAge: Duration?) {
        let level = state.level(at: now)
        if let maxAge, level.isPassing, let latest = state.latest, latest.finished.duration(to: now) > maxAge {
            self.init(level: .fail, failure: ProbeFailure(.stale), isRequired: isRequired)
        } else {
            self.init(level: level, failure: state.failure(at: now), isRequired: isRequired)
        }
    }
}

/// Whether a failure means that nobody speaks the protocol there.
private func isSilence(_ code: FailureCode) -> Bool {
    let isUnanswered = [.refused, .timedOut, .closed, .malformed].contains(code.reason)
    return isUnanswered && [.connect, .secure, .login, .exchange].contains(code.stage)
}
