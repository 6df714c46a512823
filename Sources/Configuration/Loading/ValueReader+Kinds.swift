extension ValueReader {
    /// A value of the kind that its key asks for; nil, and reported, where it is none.
    mutating func read(_ node: Node, as kind: OptionKind, _ path: String) -> OptionValue? {
        switch kind {
        case .text: text(node, path).map(OptionValue.text)
        case .secret: secret(node, path).map(OptionValue.secret)
        case .textList: textList(node, path).map(OptionValue.textList)
        case .textMap: textMap(node, path).map(OptionValue.textMap)
        case .steps: steps(node, path).map(OptionValue.steps)
        case .boolean, .duration, .size, .integer, .percentage, .choice, .path, .statusSet:
            scalar(node, as: kind, path)
        }
    }

    private mutating func scalar(_ node: Node, as kind: OptionKind, _ path: String) -> OptionValue? {
        guard let expansion = expand(node, path) else { return nil }
        switch kind.parse(expansion.text) {
        case .success(let value): return value
        case .failure(let expected):
            let hint = expansion.isQuotable ? expected.hint(expansion.text) : ""
            report(at: node.location, path, "must be \(expected.sentence)\(expansion.shown)\(hint)")
            return nil
        }
    }

    mutating func duration(_ node: Node, _ path: String) -> Duration? {
        read(node, as: .duration, path)?.duration
    }

    /// A sequence of scalars.
    mutating func textList(_ node: Node, _ path: String) -> [String]? {
        guard let items = items(of: node, path, example: "[a, b]") else { return nil }
        return items.enumerated().compactMap { text($1, "\(path)[\($0)]") }
    }

    /// The items of a sequence; a null is an empty one.
    mutating func items(of node: Node, _ path: String, example: String) -> [Node]? {
        if case .sequence(let items) = node.content { return items }
        guard !node.isNull else { return [] }
        report(at: node.location, path, "must be a list, as in `\(example)`; it is \(node.kind)")
        return nil
    }

    /// The entries of a mapping; a null is an empty one.
    mutating func entries(of node: Node, _ path: String) -> [Node.Entry]? {
        if case .mapping(let entries) = node.content { return entries }
        guard !node.isNull else { return [] }
        report(at: node.location, path, "must be a mapping of keys to values; it is \(node.kind)")
        return nil
    }

    private mutating func textMap(_ node: Node, _ path: String) -> [NamedSecret]? {
        guard let entries = entries(of: node, path) else { return nil }
        return entries.compactMap { entry in
            possiblyEmptySecret(entry.value, "\(path).\(entry.key)").map { NamedSecret(name: entry.key, value: $0) }
        }
    }

    private mutating func steps(_ node: Node, _ path: String) -> [DialogueStep]? {
        guard let items = items(of: node, path, example: #"[{send: "PING\r\n"}, {expect: "+PONG"}]"#) else {
            return nil
        }
        return items.enumerated().compactMap { step($1, "\(path)[\($0)]") }
    }

    private mutating func step(_ node: Node, _ path: String) -> DialogueStep? {
        guard case .mapping(let entries) = node.content, entries.count == 1, let entry = entries.first,
            ["send", "expect"].contains(entry.key)
        else {
            report(at: node.location, path, "must be one of `{send: …}` and `{expect: …}`")
            return nil
        }
        guard let text = text(entry.value, "\(path).\(entry.key)") else { return nil }
        return entry.key == "send" ? .send(Secret(text)) : .expect(text)
    }
}
