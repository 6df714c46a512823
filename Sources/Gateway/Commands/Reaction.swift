internal import Configuration
internal import Health

/// How fast a check reacts at worst, by its policy alone.
struct Reaction {
    /// From a failure to closed gates.
    let detection: Duration
    let detectionSum: String
    /// From a mended server to open gates.
    let recovery: Duration
    let recoverySum: String

    init(_ policy: CheckPolicy) {
        let (period, timeout) = (DurationText.text(policy.period), DurationText.text(policy.timeout))
        // The first failing probe may begin a whole period after the failure; from its end `tolerate` counts.
        let counted = policy.period * policy.failureThreshold
        let tolerated = policy.period + policy.tolerate
        detection = max(counted, tolerated) + policy.timeout
        detectionSum =
            counted >= tolerated
            ? "\(policy.failureThreshold) x period \(period) + timeout \(timeout)"
            : "period \(period) + timeout \(timeout) + tolerate \(DurationText.text(policy.tolerate))"
        recovery = policy.period * policy.successThreshold + policy.timeout + policy.stableFor
        var sum = "\(policy.successThreshold) x period \(period) + timeout \(timeout)"
        if policy.stableFor > .zero { sum += " + stableFor \(DurationText.text(policy.stableFor))" }
        recoverySum = sum
    }
}
