/// A value of the configuration before anyone has asked what it means, and where it stands.
struct Node: Sendable {
    enum Content: Sendable {
        case scalar(Scalar)
        case sequence([Node])
        case mapping([Entry])
    }

    struct Scalar: Sendable {
        let text: String
        /// Without quotes in YAML, so that `null` and `~` mean nothing is there.
        let isPlain: Bool
        let placeholders: PlaceholderRule
    }

    struct Entry: Sendable {
        let key: String
        let keyLocation: SourceLocation
        let value: Node
    }

    let content: Content
    let location: SourceLocation

    init(_ content: Content, at location: SourceLocation) {
        self.content = content
        self.location = location
    }

    /// A value from outside YAML: an item of a URL, a variable, an argument.
    init(text: String, placeholders: PlaceholderRule, at location: SourceLocation) {
        self.init(.scalar(Scalar(text: text, isPlain: false, placeholders: placeholders)), at: location)
    }

    /// Whether it is YAML's null (YAML 1.2 core schema, section 10.3.2).
    var isNull: Bool {
        guard case .scalar(let scalar) = content, scalar.isPlain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.text)
    }

    /// What it is, for messages.
    var kind: String {
        switch content {
        case .scalar: isNull ? "nothing" : "a single value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    /// Whether nothing is there, or a collection of nothing.
    var isEmpty: Bool {
        switch content {
        case .scalar: isNull
        case .sequence(let items): items.isEmpty
        case .mapping(let entries): entries.isEmpty
        }
    }

    /// Whether it was written where it stands, not taken from a variable.
    var isWritten: Bool {
        guard case .scalar(let scalar) = content else { return true }
        return scalar.placeholders != .none
    }

    /// Scalars as they were written, placeholders in place.
    var shown: String {
        switch content {
        case .scalar(let scalar): scalar.text
        case .sequence(let items): items.map(\.shown).joined(separator: " ")
        case .mapping(let entries): entries.map(\.key).joined(separator: ", ")
        }
    }
}
