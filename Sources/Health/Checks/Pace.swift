/// When to probe a check again, by what the last attempt found (CONTRACT section 7).
package struct Pace: Hashable, Sendable {
    /// The first pause while a server is starting.
    package static let fastest = Duration.milliseconds(50)
    /// The longest pause after a failure that waiting will not mend, unless the period is longer.
    package static let slowest = Duration.seconds(30)

    /// The class of the failures in a row, and how many there were.
    private var failureClass: FailureClass?
    private var repetitions = 0

    package init() {}

    /// When the next probe is due.
    ///
    /// - Parameters:
    ///   - state: the check with `result` recorded.
    ///   - scheduled: when the probe that gave `result` was due; missed ticks since are skipped, not queued.
    ///   - chance: 0 to 1; how much of the jitter is used.
    package mutating func next(
        after result: ProbeResult,
        of state: CheckState,
        scheduled: ContinuousClock.Instant,
        chance: Double
    ) -> ContinuousClock.Instant {
        let policy = state.policy
        let step = policy.period * (1 - policy.jitter * chance)
        // Reckoned from when it was due, lest the check drift; from when it began where whole ticks were missed before.
        let origin = scheduled.duration(to: result.started) < step ? scheduled : result.started
        let regular = max(origin + step, result.finished)
        guard let failure = result.outcome.failure else {
            failureClass = nil
            return regular
        }
        count(failure.code.failureClass)
        let paced: ContinuousClock.Instant =
            switch failure.code.failureClass {
            case .starting:
                result.finished + min(step, Self.fastest.doubled(times: repetitions, atMost: policy.period))
            case .transient:
                regular
            case .overloaded:
                result.finished + min(step * 2, max(policy.period, Self.slowest))
            case .permanent:
                result.finished + step.doubled(times: repetitions, atMost: max(policy.period, Self.slowest))
            }
        guard let confirmation = state.confirmationDue else { return paced }
        return max(min(paced, confirmation), result.finished)
    }

    private mutating func count(_ failureClass: FailureClass) {
        repetitions = failureClass == self.failureClass ? repetitions + 1 : 0
        self.failureClass = failureClass
    }
}

extension Pace {
    /// When the first probe of each of `count` checks is due, after the gateway's start.
    ///
    /// A few begin at once, so that a small gateway is ready at once; the others are spread over the period, so that a
    /// large one does not storm its upstreams.
    package static func firstDelay(of index: Int, among count: Int, policy: CheckPolicy) -> Duration {
        let isEarly = index < early
        let spread = isEarly ? .milliseconds(5) * index : policy.period * index / max(count, 1)
        return policy.initialDelay + spread
    }

    private static let early = 8
}

extension Duration {
    /// Twice as long each time, up to a limit.
    func doubled(times: Int, atMost limit: Duration) -> Duration {
        var duration = self
        for _ in 0..<times where duration < limit { duration *= 2 }
        return min(duration, limit)
    }
}
