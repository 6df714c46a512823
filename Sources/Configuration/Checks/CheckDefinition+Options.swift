extension CheckDefinition {
    /// The value of a `text`, `choice` or `path` option; nil where it was not given.
    ///
    /// Like all look-ups here it traps when the type declares no such option of that kind.
    package func text(_ name: String) -> String? {
        guard let value = value(name) else { return nil }
        guard case .text(let text) = value else { wrongKind(name) }
        return text
    }

    package func secret(_ name: String) -> SecretSource? {
        guard let value = value(name) else { return nil }
        guard case .secret(let source) = value else { wrongKind(name) }
        return source
    }

    package func boolean(_ name: String) -> Bool? {
        guard let value = value(name) else { return nil }
        guard case .boolean(let flag) = value else { wrongKind(name) }
        return flag
    }

    package func duration(_ name: String) -> Duration? {
        guard let value = value(name) else { return nil }
        guard case .duration(let duration) = value else { wrongKind(name) }
        return duration
    }

    /// Bytes.
    package func size(_ name: String) -> Int? {
        guard let value = value(name) else { return nil }
        guard case .size(let bytes) = value else { wrongKind(name) }
        return bytes
    }

    package func integer(_ name: String) -> Int? {
        guard let value = value(name) else { return nil }
        guard case .integer(let number) = value else { wrongKind(name) }
        return number
    }

    package func textList(_ name: String) -> [String]? {
        guard let value = value(name) else { return nil }
        guard case .textList(let texts) = value else { wrongKind(name) }
        return texts
    }

    /// In the order written.
    package func textMap(_ name: String) -> [NamedSecret]? {
        guard let value = value(name) else { return nil }
        guard case .textMap(let entries) = value else { wrongKind(name) }
        return entries
    }

    package func statusSet(_ name: String) -> StatusSet? {
        guard let value = value(name) else { return nil }
        guard case .statusSet(let statuses) = value else { wrongKind(name) }
        return statuses
    }

    package func steps(_ name: String) -> [DialogueStep]? {
        guard let value = value(name) else { return nil }
        guard case .steps(let steps) = value else { wrongKind(name) }
        return steps
    }

    private func value(_ name: String) -> OptionValue? {
        precondition(type.options.contains { $0.name == name }, "\(type.name) declares no option \(name)")
        return options.first { $0.name == name }?.value
    }

    private func wrongKind(_ name: String) -> Never {
        preconditionFailure("the option \(name) of \(type.name) is of another kind")
    }
}
