/// The value of an option, read as its ``OptionKind`` asks.
package enum OptionValue: Hashable, Sendable {
    /// Of `text`, `choice` and `path`.
    case text(String)
    case secret(SecretSource)
    case boolean(Bool)
    case duration(Duration)
    /// Bytes.
    case size(Int)
    case integer(Int)
    /// Percent.
    case percentage(Int)
    case textList([String])
    case textMap([NamedSecret])
    case statusSet(StatusSet)
    case steps([DialogueStep])
}

/// One entry of a mapping whose values may be secrets, as an HTTP header.
package struct NamedSecret: Hashable, Sendable {
    package let name: String
    package let value: SecretSource

    package init(name: String, value: SecretSource) {
        self.name = name
        self.value = value
    }
}

/// One step of a dialogue that the user wrote.
package enum DialogueStep: Hashable, Sendable {
    /// These bytes go out; they may hold a password.
    case send(Secret)
    /// This must come in.
    case expect(String)
}
