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

        static let pass = Verdict(status: .pass, failure: nil, cause: nil)
    }

    let plan: Plan
    let snapshot: Snapshot
    let now: ContinuousClock.Instant
    /// By position, as of ``now``.
    let levels: [Level]
    /// Results older than this count as stale; nil for no such wish.
    private let maxAge: Duration?
    private let evaluation: GateEvaluation

    init(of snapshot: Snapshot, in plan: Plan, at now: ContinuousClock.Instant, maxAge: Duration? = nil) {
        self.plan = plan
        self.snapshot = snapshot
        self.now = now
        self.maxAge = maxAge
        levels = snapshot.checks.indices.map {
            snapshot.checks[$0].isOlder(than: maxAge, at: now) ? .fail : snapshot.checks[$0].level(at: now)
        }
        var rules = plan.rules
        // Once open it stays open, for gates that name it too.
        if snapshot.hasStarted { rules[plan.startup] = GateRule(.all, of: []) }
        evaluation = GateEvaluation(
            levels: levels,
            replication: { snapshot.checks[$0].replication },
            isRequired: plan.isRequired,
            rules: rules
        )
    }

    /// The verdict of a gate as `/ready` and its like give it.
    func verdict(ofGate gate: Int, excluding excluded: Set<Int> = []) -> Verdict {
        if gate == plan.startup {
            if snapshot.hasStarted { return .pass }
            if plan.gates[gate].opensWithFirstResults { return verdictOfFirstResults(excluding: excluded) }
        }
        return draining(.gate(gate)) ?? verdict(of: plan.rules[gate], excluding: excluded)
    }

    /// The verdict of a gate that is closed because the gateway stops, whatever was asked of it; nil where it is not.
    func draining(_ subject: Subject) -> Verdict? {
        guard snapshot.isDraining, case .gate(let gate) = subject, ![plan.startup, plan.healthz].contains(gate) else {
            return nil
        }
        return Verdict(status: .fail, failure: ProbeFailure(.draining), cause: nil)
    }

    /// The same for a rule of a reader's own, which may name such a gate.
    func draining(_ rule: GateRule) -> Verdict? {
        rule.entries.lazy
            .compactMap { entry in
                guard case .gate(let gate) = entry.subject else { return nil }
                return draining(.gate(gate))
            }
            .first
    }

    /// Open once every check of `startup` has been asked, whatever it answered.
    private func verdictOfFirstResults(excluding excluded: Set<Int>) -> Verdict {
        let unasked = plan.members[plan.startup].lazy.map(\.check)
            .first { snapshot.checks[$0].latest == nil && !excluded.contains($0) }
        guard let unasked else { return .pass }
        return Verdict(status: .fail, failure: failure(of: unasked), cause: unasked)
    }

    /// The verdict of a rule that need not be a gate's.
    func verdict(of rule: GateRule, excluding excluded: Set<Int> = []) -> Verdict {
        let verdict = evaluation.verdict(of: rule, excluding: excluded)
        let failure = verdict.unmet ?? verdict.cause.flatMap(self.failure)
        return Verdict(status: verdict.status, failure: failure, cause: verdict.cause)
    }

    /// The liveness face of one check: whether it speaks its protocol at all (CONTRACT section 6, `/healthz/NAME`).
    func liveness(of check: Int) -> Verdict {
        guard levels[check] == .fail, let failure = failure(of: check), isSilence(failure.code) else { return .pass }
        return Verdict(status: .fail, failure: failure, cause: check)
    }

    /// Why a check does not pass; nil where it does.
    func failure(of check: Int) -> ProbeFailure? {
        let state = snapshot.checks[check]
        return state.isOlder(than: maxAge, at: now) ? ProbeFailure(.stale) : state.failure(at: now)
    }

    /// What a check last saw of replication; nil where that is not to be believed.
    func replication(of check: Int) -> Replication? {
        levels[check].isPassing ? snapshot.checks[check].replication : nil
    }

    /// When any of these checks changes its level by itself; nil for never.
    func nextChange(of checks: [Int]) -> ContinuousClock.Instant? {
        snapshot.checks.nextChange(of: checks, after: now)
    }
}

extension CheckState {
    /// Whether the check passes, but by a result that is older than a reader accepts.
    fileprivate func isOlder(than maxAge: Duration?, at now: ContinuousClock.Instant) -> Bool {
        guard let maxAge, level(at: now).isPassing, let latest else { return false }
        return latest.finished.duration(to: now) > maxAge
    }
}

/// Whether a failure means that nobody speaks the protocol there.
private func isSilence(_ code: FailureCode) -> Bool {
    guard let stage = code.stage else { return false }
    let isUnanswered = [.refused, .timedOut, .closed, .malformed].contains(code.reason)
    return isUnanswered && [.connect, .secure, .login, .exchange].contains(stage)
}
