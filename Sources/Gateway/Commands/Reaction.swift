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
    /// What a held connection changes, a line each for people; none without.
    let whileHeld: [String]

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
        whileHeld = policy.holds ? Self.whileHeld(policy) : []
    }

    /// A death on the wire starts the count at once, so that a period less is needed; what only a login shows, begins with one.
    private static func whileHeld(_ policy: CheckPolicy) -> [String] {
        let (period, timeout) = (DurationText.text(policy.period), DurationText.text(policy.timeout))
        let counts = policy.failureThreshold - 1
        let confirmation = policy.period * counts
        let death =
            counts == 0 && policy.tolerate == .zero
            ? "at once, by one fresh probe"
            : "within \(DurationText.text(max(confirmation, policy.tolerate) + policy.timeout)): "
                + (confirmation >= policy.tolerate
                    ? "\(counts) x period \(period)" : "tolerate \(DurationText.text(policy.tolerate))")
                + " + timeout \(timeout)"
        let login = policy.canary + max(confirmation, policy.tolerate) + policy.timeout
        return [
            "a connection that is closed, and a server that is gone, close them \(death)",
            "what only a login shows closes them within \(DurationText.text(login)), as it logs in every "
                + DurationText.text(policy.canary),
        ]
    }
}
