/// What a Redis server must be and have, besides answering.
struct RedisRequirements: Hashable, Sendable {
    enum Role: String, CaseIterable, Sendable {
        case any
        case primary
        case replica
    }

    var role = Role.any
    /// How long ago a replica may have heard of its primary; nil for ever.
    var maxLag: Duration?
    /// A key that must exist.
    var key: String?
    /// Whether the server must be part of a cluster that serves every slot.
    var cluster = false
    var database = 0
}
