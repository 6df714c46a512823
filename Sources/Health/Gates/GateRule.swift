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

        package init(_ subject: Subject, isRequired: Bool? = nil) {
            self.subject = subject
            self.isRequired = isRequired
        }
    }

    package let quorum: Quorum
    package let entries: [Entry]

    package init(_ quorum: Quorum, of entries: [Entry]) {
        self.quorum = quorum
        self.entries = entries
    }
}
