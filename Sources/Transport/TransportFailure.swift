/// Why bytes did not get through: how far they came, what stopped them, and the system's own word.
///
/// The names are those of the failure codes (CONTRACT section 7); the probes turn one into the other.
package struct TransportFailure: Error, Hashable, Sendable {
    package enum Stage: String, Sendable {
        case resolve
        case connect
        case secure
        case login
        case exchange
        case run
        case configure
    }

    package enum Reason: String, Sendable {
        case notFound = "not_found"
        case refused
        case unreachable
        case timedOut = "timed_out"
        case closed
        case malformed
        case denied
        case untrusted
        case expired
        case nameMismatch = "name_mismatch"
        case notYetValid = "not_yet_valid"
        case required
        case unsupported
        case overloaded
        case unexpected
    }

    package let stage: Stage
    package let reason: Reason
    /// For people; holds no secret, but may hold what the other side sent.
    package let detail: String

    package init(_ stage: Stage, _ reason: Reason, _ detail: String = "") {
        self.stage = stage
        self.reason = reason
        self.detail = detail
    }
}
