/// What results of one kind, pings or logins, say of a check, before time is considered.
struct Lane: Hashable, Sendable {
    enum Standing: Hashable, Sendable {
        case pending
        case passing
        /// Passing, but with this to be said.
        indirect case warning(ProbeFailure)
        /// Failing; a gate that requires it stays open until the time given, nil for not at all.
        indirect case failing(ProbeFailure, toleratedUntil: ContinuousClock.Instant?)

        var isPassing: Bool {
            switch self {
            case .passing, .warning: true
            case .pending, .failing: false
            }
        }
    }

    private(set) var standing = Standing.pending
    /// The passes and failures that count toward a threshold, and when the last of them began.
    private var passes = Streak()
    private var failures = Streak()

    mutating func pass(_ result: ProbeResult, warning: ProbeFailure?, by policy: CheckPolicy) {
        failures = Streak()
        passes.count(result, apart: policy.successThreshold > 1 ? policy.spacing : .zero)
        let isStable = passes.began.map { $0.duration(to: result.finished) >= policy.stableFor } ?? false
        guard standing.isPassing || (passes.length >= policy.successThreshold && isStable) else { return }
        standing = warning.map(Standing.warning) ?? .passing
    }

    /// - Parameter wasStale: whether the check counted as failing already, as nothing had come for too long.
    mutating func fail(_ result: ProbeResult, _ failure: ProbeFailure, wasStale: Bool, by policy: CheckPolicy) {
        passes = Streak()
        failures.count(result, apart: policy.spacing)
        switch standing {
        case .pending:
            standing = .failing(failure, toleratedUntil: nil)
        case .failing(_, let toleratedUntil):
            standing = .failing(failure, toleratedUntil: toleratedUntil)
        case .passing where wasStale, .warning where wasStale:
            standing = .failing(failure, toleratedUntil: nil)
        case .passing, .warning:
            guard failures.length >= policy.failureThreshold else { return }
            let toleratedUntil = policy.tolerate > .zero ? failures.began.map { $0 + policy.tolerate } : nil
            standing = .failing(failure, toleratedUntil: toleratedUntil)
        }
    }

    /// Takes a failure for a sign that the server is near its limit, no more.
    mutating func warn(_ failure: ProbeFailure) {
        (passes, failures) = (Streak(), Streak())
        standing = .warning(failure)
    }
}

// MARK: - Reading

extension Lane {
    func level(at now: ContinuousClock.Instant, isStale: Bool) -> Level {
        switch standing {
        case .pending: .pending
        case .passing, .warning: isStale ? .fail : standing == .passing ? .pass : .warn
        case .failing(_, let toleratedUntil): toleratedUntil.map { now < $0 } == true && !isStale ? .warn : .fail
        }
    }

    /// Why it does not pass, or what it warns of; nil for nothing.
    var failure: ProbeFailure? {
        switch standing {
        case .pending, .passing: nil
        case .warning(let failure), .failing(let failure, _): failure
        }
    }

    /// When it changes by itself unless a result comes first; nil for never.
    func nextChange(staleAt: ContinuousClock.Instant?) -> ContinuousClock.Instant? {
        switch standing {
        case .pending: nil
        case .passing, .warning: staleAt
        case .failing(_, let toleratedUntil): toleratedUntil.map { min($0, staleAt ?? $0) }
        }
    }

    /// When a failure must be asked about again so that it counts; nil where none has counted, or it fails already.
    func confirmationDue(by policy: CheckPolicy) -> ContinuousClock.Instant? {
        guard standing.isPassing, failures.length > 0 else { return nil }
        return failures.lastCounted.map { $0 + policy.period }
    }
}

extension CheckPolicy {
    /// What lies between two results that both count: a period, less the jitter by which a probe may come early.
    fileprivate var spacing: Duration { period * (1 - jitter) }
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
