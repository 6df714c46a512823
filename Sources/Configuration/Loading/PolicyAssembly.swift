internal import Health

/// Puts the pace of one check together: its own keys, then the file's defaults, then the built-in ones.
struct PolicyAssembly {
    /// A value of the pace and where it was said.
    struct Given: Sendable {
        let value: OptionValue
        let location: SourceLocation
    }

    /// By key.
    let defaults: [String: Given]
    let own: [String: Given]
    /// Of the check, or `defaults` for the defaults themselves.
    let path: String

    func policy(lowestPeriod: Duration, holding: CheckType.Holding, _ reader: inout ValueReader) -> CheckPolicy {
        var policy = CheckPolicy()
        apply(to: &policy)
        if own["period"] == nil { policy.period = max(policy.period, lowestPeriod) }
        // Whoever asks for a short period alone means a short time-out too.
        if own["timeout"] == nil, defaults["timeout"] == nil { policy.timeout = min(policy.timeout, policy.period) }
        if own["hold"] == nil { policy.holds = holding == .usually }
        if own["canary"] == nil { policy.canary = max(policy.canary, policy.period) }
        judge(policy, lowestPeriod: lowestPeriod, &reader)
        judgeHolding(policy, holding, &reader)
        return policy
    }

    private func apply(to policy: inout CheckPolicy) {
        for spec in ConfigurationKeys.check.known {
            switch (spec.name, (own[spec.name] ?? defaults[spec.name])?.value) {
            case ("period", .duration(let duration)?): policy.period = duration
            case ("timeout", .duration(let duration)?): policy.timeout = duration
            case ("initialDelay", .duration(let duration)?): policy.initialDelay = duration
            case ("warnAfter", .duration(let duration)?): policy.warnAfter = duration
            case ("stableFor", .duration(let duration)?): policy.stableFor = duration
            case ("tolerate", .duration(let duration)?): policy.tolerate = duration
            case ("successThreshold", .integer(let count)?): policy.successThreshold = count
            case ("failureThreshold", .integer(let count)?): policy.failureThreshold = count
            case ("hold", .boolean(let holds)?): policy.holds = holds
            case ("canary", .duration(let duration)?): policy.canary = duration
            case ("jitter", .percentage(let percent)?): policy.jitter = Double(percent) / 100
            case ("required", .boolean(let isRequired)?): policy.isRequired = isRequired
            default: continue
            }
        }
    }

    private func judge(_ policy: CheckPolicy, lowestPeriod: Duration, _ reader: inout ValueReader) {
        let period = DurationText.text(policy.period)
        let timeout = DurationText.text(policy.timeout)
        if let given = own["period"], policy.period < lowestPeriod {
            let message = "must be at least \(DurationText.text(lowestPeriod)); it is \(period)"
            reader.report(at: given.location, "\(path).period", message)
        }
        if let given = own["timeout"], policy.timeout == .zero {
            reader.report(at: given.location, "\(path).timeout", "must be longer than 0s")
        }
        // Where both are defaults, the defaults were judged as such.
        if policy.timeout > policy.period, let given = own["timeout"] ?? own["period"] {
            let origin = own["timeout"] == nil ? ", from defaults" : ""
            let message = "must not be longer than period (\(period)); it is \(timeout)\(origin)"
            reader.report(at: given.location, "\(path).timeout", message)
        }
        if let given = own["warnAfter"], let warnAfter = policy.warnAfter, warnAfter >= policy.timeout {
            let message = "never matters: it is not shorter than timeout (\(timeout))"
            reader.report(.warning, at: given.location, "\(path).warnAfter", message)
        }
    }

    private func judgeHolding(_ policy: CheckPolicy, _ holding: CheckType.Holding, _ reader: inout ValueReader) {
        if let given = own["hold"], policy.holds, holding == .never {
            reader.report(at: given.location, "\(path).hold", "there is no connection here that could be kept")
        }
        guard let given = own["canary"] else { return }
        if !policy.holds {
            reader.report(.warning, at: given.location, "\(path).canary", "means nothing: no connection is held")
        } else if policy.canary < policy.period {
            let message =
                "must not be shorter than period (\(DurationText.text(policy.period))); it is \(DurationText.text(policy.canary))"
            reader.report(at: given.location, "\(path).canary", message)
        }
    }
}
