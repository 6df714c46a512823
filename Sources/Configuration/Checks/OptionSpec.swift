/// One key of the configuration: what it is called, what it holds, and what the documentation says of it.
package struct OptionSpec: Hashable, Sendable {
    /// The key, in camelCase. A secret `password` may also be given as `passwordFile`.
    package let name: String
    package let kind: OptionKind
    /// One line, for the schema and the documentation.
    package let summary: String
    /// What holds where the key is absent, as text for the documentation; nil for nothing.
    package let defaultText: String?

    package init(_ name: String, _ kind: OptionKind, _ summary: String, default defaultText: String? = nil) {
        self.name = name
        self.kind = kind
        self.summary = summary
        self.defaultText = defaultText
    }

    /// The keys under which it may be given: the name, and for a secret also the file that holds it.
    package var keys: [String] { kind == .secret ? [name, name + Self.fileSuffix] : [name] }

    /// Marks the key that names a file with the secret in it (CONTRACT section 4).
    package static let fileSuffix = "File"
}
