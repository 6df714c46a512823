/// What a server must be in its cluster.
enum PostgreSQLRole: String, CaseIterable, Sendable {
    case any
    case primary
    case replica
    /// A primary that lets sessions write by default.
    case readWrite = "read-write"
    /// A replica, or a primary that lets sessions only read by default.
    case readOnly = "read-only"

    /// The role that libpq's `target_session_attrs` asks for.
    init?(targetSessionAttributes text: String) {
        switch text {
        case "any": self = .any
        case "primary": self = .primary
        case "standby": self = .replica
        case "read-write": self = .readWrite
        case "read-only": self = .readOnly
        default: return nil
        }
    }

    func isMet(isReplica: Bool, isReadOnly: Bool) -> Bool {
        switch self {
        case .any: true
        case .primary: !isReplica
        case .replica: isReplica
        case .readWrite: !isReplica && !isReadOnly
        case .readOnly: isReplica || isReadOnly
        }
    }
}
