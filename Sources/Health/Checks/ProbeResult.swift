/// One attempt with its times.
package struct ProbeResult: Hashable, Sendable {
    /// Over which connection the attempt was made.
    package enum Kind: Hashable, Sendable {
        /// One of its own, while none was held: it says all there is to say.
        case fresh
        /// The one that is held between probes.
        case ping
        /// One of its own, beside the one that is held.
        case canary
    }

    package let outcome: ProbeOutcome
    package let kind: Kind
    package let started: ContinuousClock.Instant
    package let finished: ContinuousClock.Instant
    /// When it finished by the wall clock, for people.
    package let time: Timestamp

    package init(
        _ outcome: ProbeOutcome,
        _ kind: Kind = .fresh,
        started: ContinuousClock.Instant,
        finished: ContinuousClock.Instant,
        time: Timestamp
    ) {
        self.outcome = outcome
        self.kind = kind
        self.started = started
        self.finished = finished
        self.time = time
    }

    package var duration: Duration { started.duration(to: finished) }
}
