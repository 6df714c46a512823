internal import Configuration
internal import Health
internal import Probes

/// What a reader is told about one subject, before it is written in a dialect (CONTRACT section 6).
///
/// Its checks are looked up as they are written: a page shows a few of them, however many there are.
struct HealthDocument {
    let name: String
    let verdict: Judgement.Verdict
    let members: [Plan.Member]
    let detail: Listener.Detail
    let isVerbose: Bool
    private let judgement: Judgement
    /// What the verdict is made of, and all that is shown.
    private let judged: [Int]

    /// What is to be told about a subject as a whole.
    init(
        on subject: Subject,
        by judgement: Judgement,
        detail: Listener.Detail,
        isVerbose: Bool = false,
        excluding excluded: Set<Int> = []
    ) {
        let plan = judgement.plan
        name = subject.name(in: plan)
        self.judgement = judgement
        self.isVerbose = isVerbose
        switch subject {
        case .gate(plan.healthz):
            // The gateway's own heart depends on nothing, so it shows nothing unless it is asked, and then everything.
            verdict = judgement.verdict(ofGate: plan.healthz, excluding: excluded)
            let all = plan.checks.indices.map { Plan.Member(check: $0, isRequired: plan.isRequired[$0]) }
            members = isVerbose ? all.filter { !excluded.contains($0.check) } : []
            judged = isVerbose ? all.map(\.check) : plan.members[plan.healthz].map(\.check)
            self.detail = isVerbose ? detail : .status
        case .gate(let gate):
            verdict = judgement.verdict(ofGate: gate, excluding: excluded)
            members = plan.members[gate].filter { !excluded.contains($0.check) }
            judged = plan.members[gate].map(\.check)
            self.detail = detail
        case .check(let check):
            let rule = GateRule(.all, of: [GateRule.Entry(.check(check), isRequired: true)])
            verdict = judgement.verdict(of: rule, excluding: excluded)
            members = excluded.contains(check) ? [] : [Plan.Member(check: check, isRequired: true)]
            judged = [check]
            self.detail = detail
        case .liveness(let check):
            verdict = judgement.liveness(of: check)
            members = isVerbose ? [Plan.Member(check: check, isRequired: true)] : []
            judged = [check]
            self.detail = detail
        }
    }

    /// What is to be told about a reader's own choice of checks, asked on the path of a subject.
    init(
        on subject: Subject,
        asking rule: GateRule,
        excluding excluded: Set<Int>,
        by judgement: Judgement,
        detail: Listener.Detail,
        isVerbose: Bool
    ) {
        name = subject.name(in: judgement.plan)
        verdict =
            judgement.draining(subject) ?? judgement.draining(rule) ?? judgement.verdict(of: rule, excluding: excluded)
        let asked = judgement.plan.members(of: rule)
        members = asked.filter { !excluded.contains($0.check) }
        judged = asked.map(\.check)
        self.judgement = judgement
        self.detail = detail
        self.isVerbose = isVerbose
    }

    /// When something in it changes by itself; nil for never.
    var validUntil: ContinuousClock.Instant? { judgement.nextChange(of: judged) }

    var service: Configuration.ServiceIdentity { judgement.plan.service }

    /// One line that a person can act on; nil where all is well.
    var output: String? {
        guard let failure = verdict.failure else { return nil }
        let cause = verdict.cause.map { judgement.plan.checks[$0].name }
        return [cause, failure.output(for: detail)].compactMap(\.self).joined(separator: ": ")
    }

    func level(of member: Plan.Member) -> Level {
        judgement.levels[member.check]
    }

    func entry(of member: Plan.Member) -> Entry {
        let check = judgement.plan.checks[member.check]
        let failure = judgement.failure(of: member.check)
        return Entry(
            name: check.name,
            component: check.component.rawValue,
            measure: check.probe.measure,
            level: level(of: member),
            failure: failure,
            output: failure?.output(for: detail),
            state: judgement.snapshot.checks[member.check],
            replication: judgement.replication(of: member.check),
            isRequired: member.isRequired,
            now: judgement.now
        )
    }

    /// One check as it is shown.
    struct Entry {
        let name: String
        let component: String
        let measure: Measure
        let level: Level
        /// Why it does not pass; nil where it does.
        let failure: ProbeFailure?
        /// The same, as this reader may know it.
        let output: String?
        let state: CheckState
        /// Nil where nobody asks for it, or nothing is known.
        let replication: Replication?
        let isRequired: Bool
        let now: ContinuousClock.Instant
    }
}

extension Subject {
    fileprivate func name(in plan: Plan) -> String {
        switch self {
        case .gate(let gate): plan.gates[gate].name.description
        case .check(let check), .liveness(let check): plan.checks[check].name
        }
    }
}

extension ProbeFailure {
    /// The sentence that a reader of this detail may see.
    fileprivate func output(for detail: Listener.Detail) -> String {
        detail == .full ? sentence : code.sentence
    }
}
