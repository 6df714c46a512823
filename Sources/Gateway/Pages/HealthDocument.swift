internal import Configuration
internal import Health
internal import Probes

/// What a reader is told about one subject, before it is written in a dialect (CONTRACT section 6).
struct HealthDocument {
    /// One check as it is shown.
    struct Entry {
        let name: String
        let component: String
        let view: GateEvaluation.CheckView
        let state: CheckState
        let isRequired: Bool
        /// Why it does not pass, as this reader may know it.
        let output: String?
        let now: ContinuousClock.Instant
    }

    let name: String
    let verdict: Judgement.Verdict
    /// Positions of the checks that are to be shown, if there is room for them.
    let checks: [Int]
    let detail: Listener.Detail
    let isVerbose: Bool
    private let rule: GateRule
    private let judgement: Judgement

    /// What is to be told about a subject as a whole.
    init(
        on subject: Subject,
        by judgement: Judgement,
        detail: Listener.Detail,
        isVerbose: Bool = false,
        excluding excluded: Set<Int> = []
    ) {
        let plan = judgement.plan
        switch subject {
        case .gate(let gate):
            // The gateway's own heart depends on nothing, so it shows nothing else unless it is asked.
            let shown = gate == plan.healthz && isVerbose ? Array(plan.checks.indices) : plan.members[gate]
            self.init(
                name: plan.gates[gate].name.description,
                verdict: judgement.verdict(ofGate: gate, excluding: excluded),
                showing: shown.filter { !excluded.contains($0) },
                in: plan.rules[gate],
                by: judgement,
                detail: gate == plan.healthz && !isVerbose ? .status : detail,
                isVerbose: isVerbose
            )
        case .check(let check):
            let rule = GateRule(.all, of: [GateRule.Entry(.check(check), isRequired: true)])
            self.init(
                name: plan.checks[check].name,
                verdict: judgement.verdict(of: rule),
                showing: [check],
                in: rule,
                by: judgement,
                detail: detail,
                isVerbose: isVerbose
            )
        case .liveness(let check):
            self.init(
                name: plan.checks[check].name,
                verdict: judgement.liveness(of: check),
                showing: isVerbose ? [check] : [],
                in: GateRule(.all, of: [GateRule.Entry(.check(check), isRequired: true)]),
                by: judgement,
                detail: detail,
                isVerbose: isVerbose
            )
        }
    }

    /// What is to be told about any rule.
    init(
        name: String,
        verdict: Judgement.Verdict,
        showing checks: [Int],
        in rule: GateRule,
        by judgement: Judgement,
        detail: Listener.Detail,
        isVerbose: Bool
    ) {
        self.name = name
        self.verdict = verdict
        self.checks = detail == .status ? [] : checks
        self.detail = detail
        self.isVerbose = isVerbose
        self.rule = rule
        self.judgement = judgement
        validUntil = judgement.nextChange(of: checks + [verdict.cause].compactMap(\.self))
    }

    /// When something in it changes by itself; nil for never.
    let validUntil: ContinuousClock.Instant?

    var service: Configuration.ServiceIdentity { judgement.plan.service }

    /// One line that a person can act on; nil where all is well.
    var output: String? {
        guard let failure = verdict.failure else { return nil }
        let cause = verdict.cause.map { judgement.plan.checks[$0].name }
        return [cause, failure.output(for: detail)].compactMap(\.self).joined(separator: ": ")
    }

    func level(of check: Int) -> Level { judgement.view(of: check).level }

    func entry(of check: Int) -> Entry {
        let view = judgement.view(of: check)
        return Entry(
            name: judgement.plan.checks[check].name,
            component: judgement.plan.checks[check].component.rawValue,
            view: view,
            state: judgement.snapshot.checks[check],
            isRequired: judgement.requires(check, in: rule),
            output: view.failure.map { $0.output(for: detail) },
            now: judgement.now
        )
    }
}

extension ProbeFailure {
    /// The sentence that a reader of this detail may see.
    fileprivate func output(for detail: Listener.Detail) -> String {
        detail == .full ? sentence : code.sentence
    }
}
