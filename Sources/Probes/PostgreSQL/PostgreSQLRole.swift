internal import Health

/// What a server must be in its cluster.
enum PostgreSQLRole: String, CaseIterable, Sendable {
    case any
    case primary
    case replica
    /// A replica in PostgreSQL's own word, and libpq's.
    case standby
    /// A primary that lets sessions write by default.
    case readWrite = "read-write"
    /// A replica, or a primary that lets sessions only read by default.
    case readOnly = "read-only"

    /// Every word for a server in this state.
    static func words(isReplica: Bool, isReadOnly: Bool) -> [ServerRole] {
        allCases.filter { $0 != .any && $0.isMet(isReplica: isReplica, isReadOnly: isReadOnly) }
            .map { ServerRole($0.rawValue) }
    }

    func isMet(isReplica: Bool, isReadOnly: Bool) -> Bool {
        switch self {
        case .any: true
        case .primary: !isReplica
        case .replica, .standby: isReplica
        case .readWrite: !isReplica && !isReadOnly
        case .readOnly: isReplica || isReadOnly
        }
    }
}
