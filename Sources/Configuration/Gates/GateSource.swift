internal import Health

/// One gate as written, its entries still names.
struct GateSource: Sendable {
    struct Entry: Sendable {
        let name: String
        let isRequired: Bool?
        /// Not read yet: the type of the check says which words there are.
        var role: Node?
        var maxLag: Node?
        let location: SourceLocation
        let path: String

        /// The keys that were given and that only a check can have.
        var keysOfChecks: [String] {
            [("required", isRequired != nil), ("role", role != nil), ("maxLag", maxLag != nil)].filter(\.1).map(\.0)
        }
    }

    let name: CheckName
    let quorum: GateRule.Quorum
    let entries: [Entry]
    /// Whether entries are required that do not say so; nil leaves it to the checks. A gate that is one entry, not a
    /// list, is the face of its check and needs it even where other gates do not.
    var standard: Bool?
    let location: SourceLocation
    var path: String { "gates.\(name)" }
}

extension ValueReader {
    /// A list of names, or one of `{all: […]}`, `{any: […]}`, `{atLeast: 2, of: […]}`, `{check: db, role: primary}`.
    mutating func gate(_ entry: Node.Entry) -> GateSource? {
        let path = "gates.\(entry.key)"
        guard let name = name(entry.key, at: entry.keyLocation, path) else { return nil }
        guard case .mapping = entry.value.content else {
            return gate(name, .all, entry.value, path, at: entry.keyLocation)
        }
        let errorsBefore = diagnostics.errorCount
        let values = values(of: entry.value, ConfigurationKeys.gate, path)
        guard diagnostics.errorCount == errorsBefore else { return nil }
        if values["check"] != nil {
            return gateEntry(entry.value, path)
                .map {
                    GateSource(name: name, quorum: .all, entries: [$0], standard: true, location: entry.keyLocation)
                }
        }
        switch (values["all"], values["any"], values["atLeast"], values["of"], values.count) {
        case (let list?, nil, nil, nil, 1): return gate(name, .all, list, "\(path).all", at: entry.keyLocation)
        case (nil, let list?, nil, nil, 1): return gate(name, .any, list, "\(path).any", at: entry.keyLocation)
        case (nil, nil, let number?, let list?, 2):
            guard case .integer(let count)? = read(number, as: .integer(1...1000), "\(path).atLeast") else {
                return nil
            }
            return gate(name, .atLeast(count), list, "\(path).of", at: entry.keyLocation)
        default:
            report(
                at: entry.keyLocation,
                path,
                "is a list, or one of `{all: […]}`, `{any: […]}`, `{atLeast: 2, of: […]}` and `{check: db, role: primary}`"
            )
            return nil
        }
    }

    private mutating func gate(
        _ name: CheckName,
        _ quorum: GateRule.Quorum,
        _ list: Node,
        _ path: String,
        at location: SourceLocation
    ) -> GateSource? {
        guard let items = items(of: list, path, example: "[db, cache]") else { return nil }
        let entries = items.enumerated().map { gateEntry($1, "\(path)[\($0)]") }
        guard entries.allSatisfy({ $0 != nil }) else { return nil }
        return GateSource(name: name, quorum: quorum, entries: entries.compactMap(\.self), location: location)
    }

    /// A name, or `{check: NAME, required: true, role: primary, maxLag: 10s}`.
    private mutating func gateEntry(_ node: Node, _ path: String) -> GateSource.Entry? {
        guard case .mapping = node.content else {
            return text(node, path)
                .map { GateSource.Entry(name: $0, isRequired: nil, location: node.location, path: path) }
        }
        let errorsBefore = diagnostics.errorCount
        let values = values(of: node, ConfigurationKeys.gateEntry, path)
        let name = values["check"].flatMap { text($0, "\(path).check") }
        let isRequired = values["required"].flatMap { read($0, as: .boolean, "\(path).required") }
        guard diagnostics.errorCount == errorsBefore else { return nil }
        guard let name else {
            report(at: node.location, path, "needs the name of a check: `{check: db, required: true}`")
            return nil
        }
        return GateSource.Entry(
            name: name,
            isRequired: isRequired.map { $0 == .boolean(true) },
            role: values["role"],
            maxLag: values["maxLag"],
            location: node.location,
            path: path
        )
    }
}
