/// A named question over checks and other gates, by their positions in the configuration.
package struct GateRule: Hashable, Sendable {
    /// How many of the counted entries must be open.
    package enum Quorum: Hashable, Sendable {
        case all
        case any
        case atLeast(Int)
    }

    package struct Entry: Hashable, Sendable {
        package enum Subject: Hashable, Sendable {
            /// The position of a check.
            case check(Int)
            /// The position of another gate, which counts as one entry.
            case gate(Int)
        }

        package let subject: Subject
        /// Overrides the check's own `required`; nil leaves it.
        package let isRequired: Bool?
        /// What the check must show besides passing; nil for nothing, and for a gate.
        package let condition: GateCondition?

        package init(_ subject: Subject, isRequired: Bool? = nil, condition: GateCondition? = nil) {
            self.subject = subject
            self.isRequired = isRequired
            self.condition = condition
        }
    }

    package let quorum: Quorum
    package let entries: [Entry]

    package init(_ quorum: Quorum, of entries: [Entry]) {
        self.quorum = quorum
        self.entries = entries
    }
}

extension GateRule {
    /// The positions of all checks that the rule looks at, directly or through other gates.
    ///
    /// - Parameter rules: of all gates, by position.
    package func positions(among rules: [GateRule]) -> Set<Int> {
        entries.reduce(into: []) { positions, entry in
            switch entry.subject {
            case .check(let position): positions.insert(position)
            case .gate(let position): positions.formUnion(rules[position].positions(among: rules))
            }
        }
    }

    /// Whether the rule requires a check, by its first entry that leads there; nil leaves it to the check itself.
    package func requires(_ check: Int, among rules: [GateRule]) -> Bool? {
        for entry in entries {
            switch entry.subject {
            case .check(check): return entry.isRequired
            case .gate(let position) where rules[position].positions(among: rules).contains(check):
                return entry.isRequired ?? rules[position].requires(check, among: rules)
            default: continue
            }
        }
        return nil
    }
}
