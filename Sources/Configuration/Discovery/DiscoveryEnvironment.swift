/// The environment as discovery reads it: an empty variable says nothing.
struct DiscoveryEnvironment {
    private let variables: [String: String]
    private let files: FileReader
    /// In alphabetical order.
    let names: [String]

    init(_ variables: [String: String], files: FileReader) {
        self.variables = variables.filter { !$0.value.isEmpty }
        self.files = files
        names = self.variables.keys.sorted()
    }

    subscript(name: String) -> String? { variables[name] }

    /// A variable, or the file that its `_FILE` names, and the name of the one that is set.
    func valueOrFile(_ name: String) -> (variable: String, text: String?)? {
        if let text = variables[name] { return (name, text) }
        let file = name + Self.fileSuffix
        return variables[file].map { (file, try? files.text($0, limit: SecretSource.longest)) }
    }

    static let fileSuffix = "_FILE"

    /// Whether a variable tells of the environment of another container, as `DB_ENV_PG_VERSION` of a Docker link does.
    func isForeign(_ name: String) -> Bool {
        name.ranges(of: "_ENV_").contains { self[name[..<$0.lowerBound] + "_NAME"] != nil }
    }

    /// The numbers for which a variable `<prefix><number><suffix>` is set, in ascending order.
    func numbers(between prefix: String, and suffix: String) -> [Int] {
        names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) && $0.count > prefix.count + suffix.count }
            .compactMap { Int($0.dropFirst(prefix.count).dropLast(suffix.count)) }
            .sorted()
    }
}
