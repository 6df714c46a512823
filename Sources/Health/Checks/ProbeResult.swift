/// One attempt with its times.
package struct ProbeResult: Hashable, Sendable {
    package let outcome: ProbeOutcome
    package let started: ContinuousClock.Instant
    package let finished: ContinuousClock.Instant
    /// When it finished by the wall clock, for people.
    package let time: Timestamp

    package init(
        _ outcome: ProbeOutcome,
        started: ContinuousClock.Instant,
        finished: ContinuousClock.Instant,
        time: Timestamp
    ) {
        self.outcome = outcome
        self.started = started
        self.finished = finished
        self.time = time
    }

    package var duration: Duration { started.duration(to: finished) }
}
