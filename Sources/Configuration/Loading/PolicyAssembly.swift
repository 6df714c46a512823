internal import Health

/// Puts the pace of one check together: its own keys, then the file's defaults, then the built-in ones.
struct PolicyAssembly {
    /// A value of the pace and where it was said.
    struct Given: Sendable {
        let value: OptionValue
        let location: SourceLocation
    }

    /// Where a length of time comes from, for messages.
    private struct Length {
        let duration: Duration
        let given: Given?
        let isDefault: Bool
    }

    /// By key.
    let defaults: [String: Given]
    let own: [String: Given]
    /// Of the check, or `defaults` for the defaults themselves.
    let path: String

    func policy(lowestPeriod: Duration, _ reader: inout ValueReader) -> CheckPolicy {
        var policy = CheckPolicy()
        apply(to: &policy)
        let period = length("period")
        if period.isDefault { policy.period = max(policy.period, lowestPeriod) }
        // Whoever asks for a short period alone means a short time-out too.
        if length("timeout").given == nil { policy.timeout = min(policy.timeout, policy.period) }
        judge(policy, lowestPeriod: lowestPeriod, &reader)
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
            case ("jitter", .percentage(let percent)?): policy.jitter = Double(percent) / 100
            case ("required", .boolean(let isRequired)?): policy.isRequired = isRequired
            default: continue
            }
        }
    }

    private func length(_ key: String) -> Length {
        let given = own[key] ?? defaults[key]
        guard case .duration(let duration)? = given?.value else {
            return Length(duration: .zero, given: nil, isDefault: true)
        }
        return Length(duration: duration, given: given, isDefault: own[key] == nil)
    }

    private func judge(_ policy: CheckPolicy, lowestPeriod: Duration, _ reader: inout ValueReader) {
        let (period, timeout) = (length("period"), length("timeout"))
        if let given = period.given, !period.isDefault, period.duration < lowestPeriod {
            let texts = (DurationText.text(lowestPeriod), DurationText.text(period.duration))
            reader.report(at: given.location, "\(path).period", "must be at least \(texts.0); it is \(texts.1)")
        }
        if let given = timeout.given, timeout.duration == .zero, !timeout.isDefault {
            reader.report(at: given.location, "\(path).timeout", "must be longer than 0s")
        }
        // Defaults are judged once, as such.
        if policy.timeout > policy.period, !(timeout.isDefault && period.isDefault) {
            let place = timeout.isDefault ? period.given : timeout.given
            let origin = timeout.isDefault ? ", from defaults" : ""
            let texts = (DurationText.text(policy.period), DurationText.text(policy.timeout))
            reader.report(
                at: (place ?? timeout.given)?.location ?? .builtIn,
                "\(path).timeout",
                "must not be longer than period (\(texts.0)); it is \(texts.1)\(origin)"
            )
        }
        if let given = own["warnAfter"], let warnAfter = policy.warnAfter, warnAfter >= policy.timeout {
            reader.report(
                .warning,
                at: given.location,
                "\(path).warnAfter",
                "never matters: it is not shorter than timeout (\(DurationText.text(policy.timeout)))"
            )
        }
    }
}
