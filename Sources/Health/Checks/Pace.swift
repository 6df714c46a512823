/// When to probe a check again, by what the last attempt found (CONTRACT section 7).
package struct Pace: Hashable, Sendable {
    /// The pause while a server is starting, or is down, by how long it has been so; after the last, the period.
    ///
    /// One that comes back is heard of at once, and one that stays away costs no more than one that is well. Jitter comes on
    /// top: it never makes more than ten probes a second of these.
    package static let hopeful: [(until: Duration, pause: Duration)] = [
        (.seconds(5), .milliseconds(100)), (.seconds(10), .milliseconds(250)),
    ]
    /// The longest pause after a failure that waiting will not mend, unless the period is longer.
    package static let slowest = Duration.seconds(30)

    /// Failures in a row that are paced alike.
    private struct Run: Hashable {
        var failureClass: FailureClass?
        /// How many came before the latest.
        var repetitions = 0
        /// When the first was found.
        var began: ContinuousClock.Instant?

        mutating func count(_ result: ProbeResult) {
            let next = result.outcome.failure?.code.pacedAs
            let goesOn = next != nil && next == failureClass
            repetitions = goesOn ? repetitions + 1 : 0
            began = goesOn ? began : result.finished
            failureClass = next
        }
    }

    /// Of probes while no connection is held, and of pings.
    private var probes = Run()
    private var canaries = Run()

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
        let share = 1 - policy.jitter * chance
        let step = policy.period * share
        // Reckoned from when it was due, lest the check drift; from when it began where whole ticks were missed before.
        let origin = scheduled.duration(to: result.started) < step ? scheduled : result.started
        let regular = max(origin + step, result.finished)
        // A canary that fails has a pace of its own, and that of the pings goes on.
        guard result.kind != .canary || result.outcome.failure == nil else { return regular }
        probes.count(result)
        guard let failureClass = probes.failureClass else { return regular }
        let paced: ContinuousClock.Instant =
            switch failureClass {
            case .starting:
                result.finished + min(step, hopefulPause(at: result.finished) * (share / (1 - policy.jitter)))
            case .transient:
                regular
            case .overloaded:
                result.finished + min(step * 2, max(policy.period, Self.slowest))
            case .permanent:
                result.finished + step.doubled(times: probes.repetitions, atMost: max(policy.period, Self.slowest))
            }
        guard let confirmation = state.confirmationDue else { return paced }
        return max(min(paced, confirmation), result.finished)
    }

    private func hopefulPause(at now: ContinuousClock.Instant) -> Duration {
        let time = probes.began?.duration(to: now) ?? .zero
        return Self.hopeful.first { time < $0.until }?.pause ?? .seconds(86_400)
    }

    /// When the next login on a fresh connection is due while one is held, after one that passed, or that failed beside it.
    ///
    /// Until logins have passed as often as they must they are repeated every period; what waiting will not mend, ever more
    /// slowly.
    package mutating func nextCanary(
        after result: ProbeResult,
        of state: CheckState,
        chance: Double
    ) -> ContinuousClock.Instant {
        let policy = state.policy
        let share = 1 - policy.jitter * chance
        canaries.count(result)
        if canaries.failureClass == .permanent {
            let limit = max(policy.period, Self.slowest)
            return result.finished + (policy.period * share).doubled(times: canaries.repetitions, atMost: limit)
        }
        let isInDoubt = result.outcome.failure != nil || state.isLoginInDoubt
        return result.started + (isInDoubt ? policy.period : policy.canary) * share
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

extension FailureCode {
    /// A server that hangs up is on its way down, or a proxy's, as Docker's, that is not up yet: the next attempt may well refuse
    /// or pass. It is transient by its class.
    fileprivate var pacedAs: FailureClass { reason == .closed ? .starting : failureClass }
}

extension Duration {
    /// Twice as long each time, up to a limit.
    func doubled(times: Int, atMost limit: Duration) -> Duration {
        var duration = self
        for _ in 0..<times where duration < limit { duration *= 2 }
        return min(duration, limit)
    }
}
