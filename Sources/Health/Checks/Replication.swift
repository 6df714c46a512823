/// What a server said of its place among its copies, for gates that ask for it.
package struct Replication: Hashable, Sendable {
    /// The words for what it is, the one to show first: `primary`, `read-write`. Empty where it did not say.
    package let roles: [ServerRole]
    /// How far it is behind its primary, zero for a primary; nil where that was not asked, or the server cannot tell.
    package let lag: Duration?

    package init(roles: [ServerRole] = [], lag: Duration? = nil) {
        self.roles = roles
        self.lag = lag
    }
}

/// A word for what a server may be among its copies, as the check type spells it: `primary`.
package struct ServerRole: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ word: String) {
        description = word
    }
}
