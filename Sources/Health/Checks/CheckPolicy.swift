/// How a check is paced and judged: the options that every check takes (CONTRACT section 3).
package struct CheckPolicy: Hashable, Sendable {
    /// Between the starts of two probes while the check passes.
    package var period: Duration
    /// For one whole probe: resolve, connect, secure, login, query and goodbye. Not longer than ``period``.
    package var timeout: Duration
    /// From the start of the gateway to the first probe.
    package var initialDelay: Duration
    /// Passes in a row that make a check pass; at least 1.
    package var successThreshold: Int
    /// Failures in a row, at least one period apart, that make a passing check fail; at least 1.
    package var failureThreshold: Int
    /// The part of a period, 0 to 0.5, by which a probe may come early, so that gateways do not march in step.
    package var jitter: Double
    /// Whether one connection is kept between probes, to hear of a death at once.
    package var holds: Bool
    /// Between two logins on fresh connections while one is held.
    package var canary: Duration
    /// Whether a failure of this check closes the gates that list it.
    package var isRequired: Bool
    /// A pass slower than this is ``Level/warn``; nil for never.
    package var warnAfter: Duration?
    /// Passed without a break for this long before it is ``Level/pass``.
    package var stableFor: Duration
    /// A check that passed keeps its gates open this long after the first failure, shown as ``Level/warn``.
    package var tolerate: Duration

    package init(
        period: Duration = .seconds(5),
        timeout: Duration = .seconds(1),
        initialDelay: Duration = .zero,
        successThreshold: Int = 1,
        failureThreshold: Int = 2,
        jitter: Double = 0.1,
        holds: Bool = false,
        canary: Duration = .seconds(30),
        isRequired: Bool = true,
        warnAfter: Duration? = nil,
        stableFor: Duration = .zero,
        tolerate: Duration = .zero
    ) {
        self.period = period
        self.timeout = timeout
        self.initialDelay = initialDelay
        self.successThreshold = successThreshold
        self.failureThreshold = failureThreshold
        self.jitter = jitter
        self.holds = holds
        self.canary = canary
        self.isRequired = isRequired
        self.warnAfter = warnAfter
        self.stableFor = stableFor
        self.tolerate = tolerate
    }

    /// How long after the moment set for a probe its result may come before an older pass is stale.
    package var grace: Duration { timeout * 2 + .seconds(1) }
}
