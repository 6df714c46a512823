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
        evaluation = GateEvaluation(checks: views, rules: plan.rules)
    }

    /// The verdict of a gate as `/ready` and its like give it.
    func verdict(ofGate gate: Int, excluding excluded: Set<Int> = []) -> Verdict {
        if gate == plan.startup, snapshot.hasStarted { return Verdict(status: .pass, failure: nil, cause: nil) }
        return draining(.gate(gate)) ?? verdict(of: plan.rules[gate], excluding: excluded)
    }

    /// The verdict of a gate that is closed because the gateway stops, whatever was asked of it; nil where it is not.
    func draining(_ subject: Subject) -> Verdict? {
        guard snapshot.isDraining, case .gate(let gate) = subject, ![plan.startup, plan.healthz].contains(gate) else {
            return nil
        }
        return Verdict(status: .fail, failure: ProbeFailure(.draining), cause: nil)
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
            return Verdict(status: .pass, failure: nil, cause: nil)
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
