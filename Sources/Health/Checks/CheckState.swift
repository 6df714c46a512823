/// What is known of one check, and the rules by which results change it (CONTRACT section 1).
///
/// A value without clocks: whoever holds it says what time it is.
package struct CheckState: Hashable, Sendable {
    /// What results alone say, before time is considered.
    private enum Standing: Hashable {
        case pending
        case passing(warning: ProbeFailure?)
        /// Failing; a gate that requires it stays open until the time given, nil for not at all.
        case failing(ProbeFailure, toleratedUntil: ContinuousClock.Instant?)
    }

    /// A change of level as it is reported.
    package struct Transition: Hashable, Sendable {
        package let from: Level
        package let to: Level
    }

    package let policy: CheckPolicy
    /// The latest result; nil before the first.
    package private(set) var latest: ProbeResult?
    /// When the level last changed, by the wall clock; nil while nothing has ever changed it.
    package private(set) var since: Timestamp?
    /// How many probes in a row have had the outcome of the latest.
    package private(set) var attempts = 0
    /// When the last probe passed, by the wall clock.
    package private(set) var lastPass: Timestamp?
    /// When the first of the certificates that the server was last trusted by ends; nil while none was seen.
    ///
    /// A probe that sees none, as it fails before, does not change it: a certificate ends whether it is looked at or not.
    package private(set) var certificateEnd: Timestamp?
    /// What the last probe that came so far saw of it; to be believed only while the level is passing.
    package private(set) var replication: Replication?
    /// When the scheduler will probe again; nil until ``expect(probeAt:)`` says so.
    package private(set) var due: ContinuousClock.Instant?

    private var standing = Standing.pending
    private var reported = Level.pending
    /// The passes and failures that count toward a threshold, and when the last of them began.
    private var passes = Streak()
    private var failures = Streak()

    package init(policy: CheckPolicy) {
        self.policy = policy
    }

    /// Takes a result in.
    ///
    /// - Returns: the change of level that it made, if any.
    package mutating func record(_ result: ProbeResult) -> Transition? {
        let isRepeated = latest.map { ($0.outcome.failure == nil) == (result.outcome.failure == nil) } ?? false
        attempts = isRepeated ? attempts + 1 : 1
        latest = result
        certificateEnd = result.outcome.observation.certificateEnd ?? certificateEnd
        let wasStale = isStale(at: result.finished)
        // What was expected has come; a result that came too late is none the less fresh.
        due = nil
        switch result.outcome {
        case .passed(let observation):
            replication = observation.replication
            recordPass(result, warning: observation.warning)
        case .failed(let failure, let observation):
            // While the level stands, so does what was seen: one lost probe turns no gate that a threshold keeps open. One
            // that fails half-way may know the role and not the lag.
            if let seen = observation.replication, seen.roles != replication?.roles || seen.lag != nil {
                replication = seen
            }
            recordFailure(result, failure, wasStale: wasStale)
        }
        return observe(at: result.finished, time: result.time)
    }

    /// Says when the next probe is due, from which its result may be late by ``CheckPolicy/grace``.
    package mutating func expect(probeAt due: ContinuousClock.Instant) {
        self.due = due
    }

    /// Notes the level as of `now`, which time alone may have changed.
    ///
    /// - Returns: the change since the last time, if any.
    package mutating func observe(at now: ContinuousClock.Instant, time: Timestamp) -> Transition? {
        let level = level(at: now)
        guard level != reported else { return nil }
        defer { reported = level }
        since = time
        return Transition(from: reported, to: level)
    }

    private mutating func recordPass(_ result: ProbeResult, warning: ProbeFailure?) {
        failures = Streak()
        lastPass = result.time
        passes.count(result, apart: policy.successThreshold > 1 ? spacing : .zero)
        let isStable = passes.began.map { $0.duration(to: result.finished) >= policy.stableFor } ?? false
        if case .passing = standing {
        } else {
            guard passes.length >= policy.successThreshold, isStable else { return }
        }
        standing = .passing(warning: warning ?? slowness(of: result))
    }

    private mutating func recordFailure(_ result: ProbeResult, _ failure: ProbeFailure, wasStale: Bool) {
        passes = Streak()
        failures.count(result, apart: spacing)
        switch standing {
        case .pending:
            standing = .failing(failure, toleratedUntil: nil)
        case .failing(_, let toleratedUntil):
            standing = .failing(failure, toleratedUntil: toleratedUntil)
        case .passing where wasStale:
            // It counted as failing already, and nothing speaks for it since.
            standing = .failing(failure, toleratedUntil: nil)
        case .passing:
            guard failures.length >= policy.failureThreshold else { return }
            let toleratedUntil = policy.tolerate > .zero ? failures.began.map { $0 + policy.tolerate } : nil
            standing = .failing(failure, toleratedUntil: toleratedUntil)
        }
    }

    /// What lies between two results that both count: a period, less the jitter by which a probe may come early.
    private var spacing: Duration { policy.period * (1 - policy.jitter) }

    private func slowness(of result: ProbeResult) -> ProbeFailure? {
        guard let limit = policy.warnAfter, result.duration > limit else { return nil }
        return ProbeFailure(FailureCode(.assert, .timedOut), "it passed, but slower than warnAfter allows")
    }
}

// MARK: - Reading

extension CheckState {
    package func level(at now: ContinuousClock.Instant) -> Level {
        switch standing {
        case .pending: .pending
        case .passing where isStale(at: now): .fail
        case .passing(let warning): warning == nil ? .pass : .warn
        case .failing(_, let toleratedUntil):
            toleratedUntil.map { now < $0 } == true && !isStale(at: now) ? .warn : .fail
        }
    }

    /// Why the level is not ``Level/pass``; nil where it is.
    package func failure(at now: ContinuousClock.Instant) -> ProbeFailure? {
        switch standing {
        case .pending: latest?.outcome.failure ?? ProbeFailure(.pending)
        case .passing where isStale(at: now): ProbeFailure(.stale)
        case .passing(let warning): warning
        case .failing(let failure, _): failure
        }
    }

    /// Whether a pass, or a failure that is still tolerated, is too old to be believed (CONTRACT section 1, "stale").
    private func isStale(at now: ContinuousClock.Instant) -> Bool {
        staleAt.map { now >= $0 } ?? false
    }

    private var staleAt: ContinuousClock.Instant? { due.map { $0 + policy.grace } }

    /// When the level changes by itself unless a result comes first; nil for never.
    package func nextChange(after now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        let change: ContinuousClock.Instant? =
            switch standing {
            case .pending: nil
            case .passing: staleAt
            case .failing(_, let toleratedUntil): toleratedUntil.map { min($0, staleAt ?? $0) }
            }
        return change.flatMap { now < $0 ? $0 : nil }
    }

    /// When a failure must be asked about again so that it counts: one period after the last that did; nil where none
    /// has counted, or the check fails already.
    package var confirmationDue: ContinuousClock.Instant? {
        guard case .passing = standing, failures.length > 0 else { return nil }
        return failures.lastCounted.map { $0 + policy.period }
    }
}

/// Results of one kind in a row.
private struct Streak: Hashable {
    /// How many count toward the threshold.
    private(set) var length = 0
    /// When the first of them ended.
    private(set) var began: ContinuousClock.Instant?
    /// When the last that counted started.
    private(set) var lastCounted: ContinuousClock.Instant?

    /// Adds a result; it counts when it started at least `distance` after the last that did.
    mutating func count(_ result: ProbeResult, apart distance: Duration) {
        if began == nil { began = result.finished }
        if let lastCounted, lastCounted.duration(to: result.started) < distance { return }
        lastCounted = result.started
        length += 1
    }
}
