/// What is known of one check (CONTRACT section 1).
package enum Level: String, CaseIterable, Sendable {
    /// No verdict yet.
    case pending
    case pass
    /// Passes, but something is near its limit; or fails and is tolerated for a while.
    case warn
    case fail

    /// Whether a gate that requires the check may be open.
    package var isPassing: Bool { self == .pass || self == .warn }
}
