extension CheckDefinition {
    /// The value of a `text`, `choice` or `path` option; nil where it was not given.
    ///
    /// Like all look-ups here it traps when the type declares no such option of that kind.
    package func text(_ name: String) -> String? { value(name, \.text) }

    package func secret(_ name: String) -> SecretSource? { value(name, \.secret) }

    package func boolean(_ name: String) -> Bool? { value(name, \.boolean) }

    package func duration(_ name: String) -> Duration? { value(name, \.duration) }

    /// Bytes.
    package func size(_ name: String) -> Int? { value(name, \.size) }

    package func integer(_ name: String) -> Int? { value(name, \.integer) }

    package func textList(_ name: String) -> [String]? { value(name, \.textList) }

    /// In the order written.
    package func textMap(_ name: String) -> [NamedSecret]? { value(name, \.textMap) }

    package func statusSet(_ name: String) -> StatusSet? { value(name, \.statusSet) }

    package func steps(_ name: String) -> [DialogueStep]? { value(name, \.steps) }

    private func value<Value>(_ name: String, _ read: (OptionValue) -> Value?) -> Value? {
        precondition(type.options.contains { $0.name == name }, "\(type.name) declares no option \(name)")
        guard let option = options.first(where: { $0.name == name }) else { return nil }
        guard let value = read(option.value) else {
            preconditionFailure("the option \(name) of \(type.name) is of another kind")
        }
        return value
    }
}
