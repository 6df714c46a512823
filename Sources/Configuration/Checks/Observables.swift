package import Health

/// One thing that gates may ask the probes of a check to look at every time.
package enum Observable: String, Sendable {
    case role
    case lag
}

/// What the probes of a type can see of a server besides whether it passes.
package struct Observables: Sendable {
    /// For each thing that a server can be, the words for it: `[["primary", "read-write"], ["replica"]]`.
    package let kinds: [[ServerRole]]
    /// The options by which a check itself asks for one of these words, so that it passes with no other.
    package let roleOptions: [String]
    /// By how much a server that is well may seem to lag; nil where probes see no lag.
    package let lagNoise: Duration?
    /// Why a valid check sees nothing of this, as "login is false"; nil where it does.
    package let obstacle: @Sendable (CheckDefinition) -> String?

    package init(
        kinds: [[ServerRole]],
        roleOptions: [String] = ["role"],
        lagNoise: Duration?,
        obstacle: @escaping @Sendable (CheckDefinition) -> String? = { _ in nil }
    ) {
        self.kinds = kinds
        self.roleOptions = roleOptions
        self.lagNoise = lagNoise
        self.obstacle = obstacle
    }

    func contains(_ observable: Observable) -> Bool {
        switch observable {
        case .role: !kinds.isEmpty
        case .lag: lagNoise != nil
        }
    }

    /// Every word for a role once, in the order of ``kinds``.
    var words: [String] {
        kinds.joined()
            .reduce(into: []) { words, role in
                if !words.contains(role.description) { words.append(role.description) }
            }
    }

    /// The role with which alone a check passes; nil for any.
    func ownRole(of check: CheckDefinition) -> ServerRole? {
        let given = roleOptions.lazy.compactMap { check.text($0) }.first
        return given.flatMap { words.contains($0) ? ServerRole($0) : nil }
    }

    /// Whether a server can be both, as `primary` and `read-write`.
    func areCompatible(_ one: ServerRole, _ other: ServerRole) -> Bool {
        kinds.contains { $0.contains(one) && $0.contains(other) }
    }
}
