internal import Health

/// One gate as written, its entries still names.
struct GateSource: Sendable {
    struct Entry: Sendable {
        let name: String
        let isRequired: Bool?
        let location: SourceLocation
        let path: String
    }

    let name: CheckName
    let quorum: GateRule.Quorum
    let entries: [Entry]
    let location: SourceLocation
    var path: String { "gates.\(name)" }
}

extension ValueReader {
    /// A list of names, or one of `{all: […]}`, `{any: […]}`, `{atLeast: 2, of: […]}`.
    mutating func gate(_ entry: Node.Entry) -> GateSource? {
        let path = "gates.\(entry.key)"
        guard let name = name(entry.key, at: entry.keyLocation, path) else { return nil }
        guard case .mapping = entry.value.content else {
            return gate(name, .all, entry.value, path, at: entry.keyLocation)
        }
        let errorsBefore = diagnostics.errorCount
        let values = values(of: entry.value, ConfigurationKeys.gate, path)
        guard diagnostics.errorCount == errorsBefore else { return nil }
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
                "is a list, or one of `{all: […]}`, `{any: […]}` and `{atLeast: 2, of: […]}`"
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

    /// A name, or `{check: NAME, required: true}`.
    private mutating func gateEntry(_ node: Node, _ path: String) -> GateSource.Entry? {
        guard case .mapping = node.content else {
            return text(node, path)
                .map { GateSource.Entry(name: $0, isRequired: nil, location: node.location, path: path) }
        }
        let errorsBefore = diagnostics.errorCount
        let values = readAll(node, ConfigurationKeys.gateEntry, path)
        guard diagnostics.errorCount == errorsBefore else { return nil }
        guard case .text(let name)? = values["check"] else {
            report(at: node.location, path, "needs the name of a check: `{check: db, required: true}`")
            return nil
        }
        let isRequired: Bool? = if case .boolean(let flag)? = values["required"] { flag } else { nil }
        return GateSource.Entry(name: name, isRequired: isRequired, location: node.location, path: path)
    }
}
