/// Reads values as their keys ask, and remembers what is wrong with them.
struct ValueReader {
    var variables: Variables
    let files: FileReader
    private(set) var diagnostics = Diagnostics()

    init(variables: Variables, files: FileReader) {
        self.variables = variables
        self.files = files
    }

    mutating func report(
        _ severity: Diagnostic.Severity = .error,
        at location: SourceLocation,
        _ path: String,
        _ message: String
    ) {
        diagnostics.add(Diagnostic(severity, at: location, path: path, message))
    }

    mutating func report(contentsOf found: [Diagnostic]) {
        diagnostics.add(contentsOf: found)
    }

    /// A scalar with its placeholders replaced; nil, and reported, for anything else.
    mutating func expand(_ node: Node, _ path: String, files: Variables.Files = .refused) -> Expansion? {
        guard case .scalar(let scalar) = node.content, !node.isNull else {
            report(at: node.location, path, "must be a single value; it is \(node.kind)")
            return nil
        }
        do throws(Mistake) {
            let pieces = try Template(parsing: scalar.text, scalar.placeholders).pieces
                .map { piece throws(Mistake) in
                    switch piece {
                    case .literal(let text): Expansion.Piece.written(text)
                    case .placeholder(let placeholder): try variables.resolve(placeholder, files)
                    }
                }
            let isWritten = pieces.allSatisfy { if case .written = $0 { true } else { false } }
            return Expansion(pieces: pieces, isQuotable: isWritten && scalar.placeholders == .all)
        } catch {
            report(at: node.location, path, error.description)
            return nil
        }
    }

    /// A scalar as text.
    mutating func text(_ node: Node, _ path: String) -> String? {
        expand(node, path)?.text
    }

    /// A scalar that may be a secret; nil, and not reported, for an empty one, which stands for none.
    mutating func secret(_ node: Node, _ path: String) -> SecretSource? {
        guard let source = possiblyEmptySecret(node, path), source != .value(Secret("")) else { return nil }
        return source
    }

    /// A scalar that may be a secret, and may be empty.
    mutating func possiblyEmptySecret(_ node: Node, _ path: String) -> SecretSource? {
        guard let expansion = expand(node, path, files: .accepted) else { return nil }
        if let file = expansion.wholeFile { return .file(path: file) }
        guard !expansion.hasFile else {
            report(at: node.location, path, "a variable that its _FILE stands for can only be the whole value here")
            return nil
        }
        return .value(Secret(expansion.text))
    }
}
