/// What is known of one check, and the rules by which results change it (CONTRACT section 1).
///
/// A value without clocks: whoever holds it says what time it is.
package struct CheckState: Hashable, Sendable {
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
    /// When a pass, or a failure that is still tolerated, is too old to be believed (CONTRACT section 1, "stale").
    private var staleAt: ContinuousClock.Instant?

    /// What is said over the connection that is held, and what fresh ones say: each has its own count, and the worse
    /// decides. Without a held connection both are the same.
    private var pings = Lane()
    private var logins = Lane()
    private var reported = Level.pending

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
        (due, staleAt) = (nil, nil)
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
        staleAt = due + policy.grace
    }

    /// Whether ``observe(at:time:)`` would find another level.
    package func hasChanged(at now: ContinuousClock.Instant) -> Bool { level(at: now) != reported }

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

    /// A login that passes says that pings would too.
    private mutating func recordPass(_ result: ProbeResult, warning: ProbeFailure?) {
        lastPass = result.time
        let warning = warning ?? slowness(of: result)
        pings.pass(result, warning: warning, by: policy)
        if result.kind != .ping { logins.pass(result, warning: warning, by: policy) }
    }

    private mutating func recordFailure(_ result: ProbeResult, _ failure: ProbeFailure, wasStale: Bool) {
        if result.kind != .canary { pings.fail(result, failure, wasStale: wasStale, by: policy) }
        switch result.kind {
        case .ping: break
        // The held connection answers meanwhile: those who have one are served.
        case .canary where failure.code.failureClass == .overloaded: logins.warn(failure)
        case .canary, .fresh: logins.fail(result, failure, wasStale: wasStale, by: policy)
        }
    }

    private func slowness(of result: ProbeResult) -> ProbeFailure? {
        guard let limit = policy.warnAfter, result.duration > limit else { return nil }
        return ProbeFailure(FailureCode(.assert, .timedOut), "it passed, but slower than warnAfter allows")
    }
}

// MARK: - Reading

extension CheckState {
    package func level(at now: ContinuousClock.Instant) -> Level {
        let isStale = isStale(at: now)
        return max(pings.level(at: now, isStale: isStale), logins.level(at: now, isStale: isStale))
    }

    /// Why the level is not ``Level/pass``; nil where it is.
    package func failure(at now: ContinuousClock.Instant) -> ProbeFailure? {
        let isStale = isStale(at: now)
        let isByLogins = logins.level(at: now, isStale: isStale) > pings.level(at: now, isStale: isStale)
        let lane = isByLogins ? logins : pings
        switch lane.standing {
        case .pending: return latest?.outcome.failure ?? ProbeFailure(.pending)
        case .passing where isStale, .warning where isStale: return ProbeFailure(.stale)
        case .passing, .warning, .failing: return lane.failure ?? (isByLogins ? pings : logins).failure
        }
    }

    private func isStale(at now: ContinuousClock.Instant) -> Bool {
        staleAt.map { now >= $0 } ?? false
    }

    /// When the level changes by itself unless a result comes first; nil for never.
    package func nextChange(after now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        let next = (pings.nextChange(staleAt: staleAt), logins.nextChange(staleAt: staleAt))
        return switch (next.0.flatMap { now < $0 ? $0 : nil }, next.1.flatMap { now < $0 ? $0 : nil }) {
        case (let ping?, let login?): min(ping, login)
        case (let ping, let login): ping ?? login
        }
    }

    /// Whether logins have not passed as often as they must, or not since they failed.
    var isLoginInDoubt: Bool { !logins.standing.isPassing }

    /// When a failure must be asked about again so that it counts: one period after the last that did; nil where none
    /// has counted, or the check fails already.
    package var confirmationDue: ContinuousClock.Instant? {
        [pings, logins].compactMap { $0.confirmationDue(by: policy) }.min()
    }
}
