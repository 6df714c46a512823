extension ValueReader {
    /// The values of a mapping by key; keys that nobody knows are reported and left out.
    mutating func values(of node: Node, _ table: ConfigurationKeys.Table, _ path: String) -> [String: Node] {
        var values: [String: Node] = [:]
        for entry in entries(of: node, path) ?? [] where isKnown(entry, table, path) {
            values[entry.key] = entry.value
        }
        return values
    }

    /// The values of a mapping by key, each read as its table asks.
    mutating func readAll(_ node: Node, _ table: ConfigurationKeys.Table, _ path: String) -> [String: OptionValue] {
        var read: [String: OptionValue] = [:]
        for entry in entries(of: node, path) ?? [] where isKnown(entry, table, path) {
            guard let spec = table.known.first(where: { $0.name == entry.key }) else { continue }
            read[entry.key] = self.read(entry.value, as: spec.kind, Self.join(path, entry.key))
        }
        return read
    }

    private mutating func isKnown(_ entry: Node.Entry, _ table: ConfigurationKeys.Table, _ path: String) -> Bool {
        let names = table.known.map(\.name)
        if names.contains(entry.key) { return true }
        reportUnknown(entry.key, at: entry.keyLocation, path, known: names, later: table.later)
        return false
    }

    /// Says of a key that it is not known, or not yet.
    mutating func reportUnknown(
        _ key: String,
        at location: SourceLocation,
        _ path: String,
        known: [String],
        later: [String: String]
    ) {
        let message =
            if let feature = later[key] {
                "\(feature) not built in yet"
            } else if let near = NearMiss.of(key, among: known) {
                "unknown key; did you mean `\(near)`?"
            } else {
                "unknown key; known are \(known.joined(separator: ", "))"
            }
        report(at: location, Self.join(path, key), message)
    }

    static func join(_ path: String, _ key: String) -> String {
        path.isEmpty ? key : "\(path).\(key)"
    }
}
