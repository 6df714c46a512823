/// The environment, and which of it the configuration refers to.
struct Variables: Sendable {
    /// Whether a placeholder stands where `NAME_FILE` may take the place of `NAME`: for a URL or a secret.
    enum Files: Sendable {
        case refused
        case accepted
    }

    private let environment: [String: String]
    /// Names of variables that the configuration uses, so that nobody is warned about them.
    private(set) var referenced: Set<String> = []

    init(_ environment: [String: String]) {
        self.environment = environment
    }

    /// What a placeholder stands for.
    ///
    /// - Throws: where it cannot be replaced; holds no value.
    mutating func resolve(_ placeholder: Template.Placeholder, _ files: Files) throws(Mistake) -> Expansion.Piece {
        let name = placeholder.name
        if files == .accepted, let path = try file(for: name) { return .file(path: path) }
        referenced.insert(name)
        guard let text = try placeholder.text(for: environment[name]) else { throw Mistake(unset(name)) }
        return .value(text)
    }

    /// What a variable that holds a URL or a secret holds: itself, or the path of its file; nil where neither is set.
    mutating func urlOrSecret(_ name: String) throws(Mistake) -> Expansion.Piece? {
        if let path = try file(for: name) { return .file(path: path) }
        referenced.insert(name)
        return environment[name].map { .value($0) }
    }

    private mutating func file(for name: String) throws(Mistake) -> String? {
        let fileName = name + "_FILE"
        guard !name.hasSuffix("_FILE"), let path = environment[fileName], !path.isEmpty else { return nil }
        referenced.formUnion([name, fileName])
        guard environment[name] == nil else {
            throw Mistake("both \(name) and \(fileName) are set; unset one of them")
        }
        return path
    }

    private func unset(_ name: String) -> String {
        let start = "the variable \(name) is not set"
        if environment[name + "_FILE"]?.isEmpty == false {
            return "\(start); \(name)_FILE is, but a file may only stand for a whole URL, password or secret"
        }
        guard let near = NearMiss.of(name, among: environment.keys.sorted()) else { return start }
        return "\(start); did you mean \(near)?"
    }
}
