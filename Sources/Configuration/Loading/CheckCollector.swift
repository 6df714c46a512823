internal import Health

/// Gathers what discovery, file, variables and command line say of each check into one draft a name.
struct CheckCollector {
    /// In the order of first mention.
    private(set) var drafts: [CheckDraft] = []
    private let types: [CheckType]
    /// The names of gates, which no check without a name may get.
    private let gates: Set<String>

    init(types: [CheckType], gates: [String]) {
        self.types = types
        self.gates = GateAssembly.always.map(\.description).reduce(into: Set(gates)) { $0.insert($1) }
    }

    /// A check that the environment names; returns what it is called here.
    mutating func add(_ discovered: DiscoveredCheck, _ reader: inout ValueReader) -> CheckName {
        let name = unusedName(discovered.name)
        let entry = discovered.entry(named: name)
        let settings = reader.settings(ofCheck: entry, .discovery, "checks.\(name)")
        add(settings, to: name, at: entry.keyLocation)
        return name
    }

    /// The `checks` of the file.
    mutating func addFile(_ node: Node, _ reader: inout ValueReader) {
        for entry in reader.entries(of: node, "checks") ?? [] {
            let path = "checks.\(entry.key)"
            guard let name = reader.name(entry.key, at: entry.keyLocation, path) else { continue }
            add(reader.settings(ofCheck: entry, .file, path), to: name, at: entry.keyLocation)
        }
    }

    /// A variable `ALLCLEAR_CHECK_<NAME>`, its name already in lower case.
    mutating func addVariable(_ variable: String, name: String, _ reader: inout ValueReader) {
        let origin = CheckDraft.Origin(layer: .variables, location: .variable(variable), path: "checks.\(name)")
        guard let name = reader.name(name, at: origin.location, origin.path) else { return }
        add(reader.settings(ofVariable: variable, origin), to: name, at: origin.location)
    }

    /// An argument `[NAME=]URL`.
    mutating func addArgument(_ argument: String, at location: SourceLocation, _ reader: inout ValueReader) {
        let (given, url) = Self.split(argument)
        if let given, !given.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }) {
            // Nothing of it is quoted: it may be the start of a URL that lacks its `://`.
            reader.report(at: location, "checks", "must be `NAME=URL`; what stands before the first `=` is no name")
            return
        }
        let path = given.map { "checks.\($0)" } ?? "checks"
        let origin = CheckDraft.Origin(layer: .commandLine, location: location, path: path)
        let settings = reader.settings(ofURL: url, .bracesOnly, origin)
        if let given {
            guard let name = reader.name(given, at: location, path) else { return }
            add(settings, to: name, at: location)
        } else {
            add(settings, to: defaultName(for: settings ?? [], reader), at: location)
        }
    }

    /// A name only before the first `=` with no `://` before it (CONTRACT section 11).
    private static func split(_ argument: String) -> (name: String?, url: String) {
        guard let equals = argument.firstIndex(of: "="), !argument[..<equals].contains("://"),
            !argument[..<equals].contains("#")
        else { return (nil, argument) }
        return (String(argument[..<equals]), String(argument[equals...].dropFirst()))
    }

    /// The host's first label, or for an address or a socket the scheme; `-2` and so on where that is taken.
    private func defaultName(for settings: [CheckDraft.Setting], _ reader: ValueReader) -> CheckName {
        var trial = reader
        var base = "check"
        if let node = settings.first(where: { $0.key == "url" })?.value,
            let expansion = trial.expand(node, "", files: .accepted),
            let parsed = try? URLParser(types: types).parse(expansion)
        {
            base = parsed.url.defaultName
        }
        return unusedName(base)
    }

    /// A name with `-2` and so on where it is taken; `check` for one that can be none.
    private func unusedName(_ wish: String) -> CheckName {
        let base = CheckName(wish) == nil ? "check" : wish
        let taken = gates.union(drafts.map(\.name.description))
        for number in 1...(taken.count + 1) {
            let suffix = number == 1 ? "" : "-\(number)"
            if let name = CheckName(base.prefix(63 - suffix.count) + suffix), !taken.contains(name.description) {
                return name
            }
        }
        preconditionFailure("more names are taken than there are")
    }

    private mutating func add(_ settings: [CheckDraft.Setting]?, to name: CheckName, at location: SourceLocation) {
        if let index = drafts.firstIndex(where: { $0.name == name }) {
            drafts[index].add(settings, from: location)
        } else {
            var draft = CheckDraft(name: name)
            draft.add(settings, from: location)
            drafts.append(draft)
        }
    }
}
