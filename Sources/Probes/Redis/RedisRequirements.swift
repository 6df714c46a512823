internal import Configuration

/// What a Redis server must be and have, besides answering.
struct RedisRequirements: Hashable, Sendable {
    enum Role: String, CaseIterable, Sendable {
        case any
        case primary
        case replica

        /// The role that a server gives itself; nil for a sentinel.
        init?(serverWord: String?) {
            switch serverWord {
            case "master": self = .primary
            case "replica", "slave": self = .replica
            default: return nil
            }
        }
    }

    /// Whether a server that asks for a login is not enough.
    var logsIn = true
    var role = Role.any
    /// How long ago a replica may have heard of its primary; nil for ever.
    var maxLag: Duration?
    /// What gates want to know of the server; a check passes without.
    var observed: Set<Observable> = []
    /// A key that must exist.
    var key: String?
    /// Whether the server must be part of a cluster that serves every slot.
    var cluster = false
    var database = 0

    var asksForRole: Bool { role != .any || observed.contains(.role) }
    var asksForLag: Bool { maxLag != nil || observed.contains(.lag) }
}
