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

extension Level: Comparable {
    /// Whether it is better.
    package static func < (left: Level, right: Level) -> Bool { left.severity < right.severity }

    private var severity: Int {
        switch self {
        case .pass: 0
        case .warn: 1
        case .pending: 2
        case .fail: 3
        }
    }
}
