import Health

/// One check to which results come at given seconds, the next always expected a period later.
struct Timeline {
    static let start = ContinuousClock.now
    static let refused = ProbeFailure(FailureCode(.connect, .refused), at: "db:5432")

    var state: CheckState

    init(_ policy: CheckPolicy) {
        state = CheckState(policy: policy)
    }

    /// The level after the result.
    @discardableResult
    mutating func pass(at second: Double, taking duration: Duration = .zero, warning: ProbeFailure? = nil) -> Level {
        record(.passed(ProbeOutcome.Observation(warning: warning)), at: second, taking: duration)
    }

    /// The level after a pass that saw this.
    @discardableResult
    mutating func pass(at second: Double, seeing replication: Replication?) -> Level {
        record(.passed(ProbeOutcome.Observation(replication: replication)), at: second)
    }

    @discardableResult
    mutating func fail(
        at second: Double,
        _ failure: ProbeFailure = Timeline.refused,
        taking duration: Duration = .zero
    ) -> Level {
        record(.failed(failure), at: second, taking: duration)
    }

    @discardableResult
    mutating func record(_ outcome: ProbeOutcome, at second: Double, taking duration: Duration = .zero) -> Level {
        _ = transition(outcome, at: second, taking: duration)
        return state.level(at: Self.instant(second) + duration)
    }

    /// The change of level that the result is reported to make.
    mutating func transition(
        _ outcome: ProbeOutcome,
        at second: Double,
        taking duration: Duration = .zero
    ) -> CheckState.Transition? {
        let started = Self.instant(second)
        let result = ProbeResult(
            outcome,
            started: started,
            finished: started + duration,
            time: Self.timestamp(second)
        )
        defer { state.expect(probeAt: started + state.policy.period) }
        return state.record(result)
    }

    /// The level as time alone leaves it.
    func level(at second: Double) -> Level {
        state.level(at: Self.instant(second))
    }

    func code(at second: Double) -> String? {
        state.failure(at: Self.instant(second))?.code.description
    }

    mutating func observe(at second: Double) -> CheckState.Transition? {
        state.observe(at: Self.instant(second), time: Self.timestamp(second))
    }

    static func instant(_ second: Double) -> ContinuousClock.Instant { start + .seconds(second) }

    static func timestamp(_ second: Double) -> Timestamp { Timestamp(milliseconds: Int64(second * 1000)) }

    /// Whole seconds of an instant of this time line.
    static func second(_ instant: ContinuousClock.Instant?) -> Double? {
        instant.map { start.duration(to: $0) / .seconds(1) }
    }
}
