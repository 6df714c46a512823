/// How many descriptors the gateway needs, so that clients can never take those of the checks.
struct DescriptorBudget {
    /// For checks, files and the program itself.
    let reserved: Int
    /// With the clients' share.
    let wanted: Int

    /// A check has at most four at a time: a race of connections and its poll set, or a name look-up and its own.
    init(checks: Int, connections: Int) {
        reserved = 64 + checks * 4
        wanted = reserved + connections + 64
    }
}
