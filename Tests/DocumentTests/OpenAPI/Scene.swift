/// What is going on around the gateway of an example (`x-scene`).
enum Scene: String, CaseIterable {
    /// No probe has ended yet.
    case starting
    /// Every check passes.
    case clear
    /// The optional cache refuses connections.
    case degraded
    /// The required database starts.
    case down
    /// Every check passes, and the database has become a replica.
    case demoted
    /// SIGTERM has come while all was clear.
    case draining
    /// All was clear, and then no result came any more.
    case stale
    /// The scheduler stands still.
    case stuck
    /// More checks than an answer has room for, every second of which fails, one in `healthz` among them.
    case crowded
}
