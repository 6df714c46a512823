internal import MicroHTTP

/// How many descriptors the gateway needs, so that clients can never take those of the checks.
struct DescriptorBudget {
    /// For checks, files and the program itself.
    let reserved: Int
    /// With the clients' share.
    let wanted: Int

    /// Raises this process's limit to what so many checks need.
    static func grant(checks: Int) {
        DescriptorLimit.raise(to: DescriptorBudget(checks: checks, connections: 0).wanted)
    }

    /// A check has at most six at a time: a race of four connections, and its poll set, which is two.
    init(checks: Int, connections: Int) {
        reserved = 64 + checks * 6
        wanted = reserved + connections + 64
    }
}
