/// What went wrong, in words that machines may rely on: `stage.reason`, as `connect.refused`.
///
/// The set may grow; a name never changes its meaning (CONTRACT section 7). A few codes have no stage: `pending`,
/// `stale` and the like, which say that the gateway itself does not know or does not want to.
package struct FailureCode: Hashable, Sendable {
    /// How far the probe came before it failed.
    package enum Stage: String, CaseIterable, Sendable {
        case resolve
        case connect
        case secure
        case login
        case exchange
        case assert
        case run
        case configure
    }

    /// What stopped it there.
    package enum Reason: String, CaseIterable, Sendable {
        case notFound = "not_found"
        case refused
        case unreachable
        case timedOut = "timed_out"
        case closed
        case malformed
        case denied
        case untrusted
        case expired
        case expiring
        case nameMismatch = "name_mismatch"
        case notYetValid = "not_yet_valid"
        case required
        case unsupported
        case starting
        case recovering
        case stopping
        case overloaded
        case busy
        case blocked
        case readOnly = "read_only"
        case unexpected
        case wrongRole = "wrong_role"
        case lagging
        case lagUnknown = "lag_unknown"
        case broken
        // Without a stage:
        case pending
        case stale
        case draining
    }

    package let stage: Stage?
    package let reason: Reason

    package init(_ stage: Stage, _ reason: Reason) {
        self.stage = stage
        self.reason = reason
    }

    private init(stageless reason: Reason) {
        stage = nil
        self.reason = reason
    }

    /// No probe has given a verdict yet.
    package static let pending = FailureCode(stageless: .pending)
    /// The last result is too old to be believed.
    package static let stale = FailureCode(stageless: .stale)
    /// The gateway was told to stop.
    package static let draining = FailureCode(stageless: .draining)
}

extension FailureCode: CustomStringConvertible {
    package var description: String {
        guard let stage else { return reason.rawValue }
        return "\(stage.rawValue).\(reason.rawValue)"
    }
}
