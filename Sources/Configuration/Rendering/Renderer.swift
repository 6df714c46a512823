internal import Health

/// Replaces the placeholders of template files (CONTRACT section 4), which may be of any format and any encoding.
package struct Renderer: Sendable {
    /// Bytes; a template is held as a whole.
    package static let longestTemplate = 16 * 1024 * 1024

    private let environment: [String: String]
    private let files: FileReader

    /// The environment as the process received it; files are those that `NAME_FILE` names.
    package init(environment: [String: String], files: FileReader) {
        self.environment = environment
        self.files = files
    }

    /// A template with values in place of its placeholders; nil exactly where an error was found.
    ///
    /// Values are put in as they are: one that holds a placeholder is not expanded again. Every placeholder that cannot be
    /// replaced is reported.
    /// - Parameters:
    ///   - name: of the template, for diagnostics.
    ///   - names: the variables that may be replaced; nil for all.
    package func render(_ template: [UInt8], named name: String, only names: Set<String>?) -> ([UInt8]?, Diagnostics) {
        var pass = RenderingPass(environment: environment, files: files, template: template, name: name)
        let rendered = pass.render(names)
        return (pass.diagnostics.hasErrors ? nil : rendered, pass.diagnostics)
    }

    /// The variables in lists such as `A,B`, or `$A ${B}` as envsubst has them.
    package static func names(in lists: [String]) throws(Mistake) -> Set<String> {
        var names: Set<String> = []
        for word in lists.joined(separator: ",").split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
            let name =
                word.hasPrefix("${") && word.hasSuffix("}")
                ? word.dropFirst(2).dropLast() : word.hasPrefix("$") ? word.dropFirst() : word
            guard Template.isName(name) else {
                throw Mistake("`\(String(word).oneLine(atMost: 60))` is no name of a variable")
            }
            names.insert(String(name))
        }
        guard !names.isEmpty else { throw Mistake("must name a variable, as A,B") }
        return names
    }
}

/// One template on its way.
private struct RenderingPass {
    private let environment: [String: String]
    private let files: FileReader
    private let template: [UInt8]
    private let name: String
    private var variables: Variables
    private var place = TextPlace()
    /// What the files hold that were read so far, by path: whatever changes meanwhile, one file has one content.
    private var contents: [String: String] = [:]
    private(set) var diagnostics = Diagnostics()

    init(environment: [String: String], files: FileReader, template: [UInt8], name: String) {
        self.environment = environment
        self.files = files
        self.template = template
        self.name = name
        variables = Variables(environment)
    }

    mutating func render(_ names: Set<String>?) -> [UInt8] {
        var scanner = PlaceholderScanner(template, names.map { .only($0) } ?? .all)
        var rendered: [UInt8] = []
        var unseen = names ?? []
        while let piece = scanner.next() {
            switch piece {
            case .literal(let range): rendered += template[range]
            case .malformed(let mistake, let offset): report(mistake, at: offset)
            case .placeholder(let placeholder, let offset):
                unseen.remove(placeholder.name)
                do throws(Mistake) {
                    rendered += try text(for: placeholder).utf8
                } catch {
                    report(error, at: offset)
                }
            }
        }
        for name in unseen.sorted() where !diagnostics.hasErrors {
            let warning = "the template has no ${\(name)}"
            diagnostics.add(Diagnostic(.warning, at: .option("--only"), path: "", warning))
        }
        return rendered
    }

    private mutating func text(for placeholder: Template.Placeholder) throws(Mistake) -> String {
        switch try variables.resolve(placeholder, .accepted) {
        case .file(let path): return try placeholder.text(for: try contents(of: path, for: placeholder.name)) ?? ""
        case .written(let text), .value(let text):
            // The environment was read as UTF-8, this character put in place of what is none.
            guard environment[placeholder.name]?.unicodeScalars.contains("\u{FFFD}") != true else {
                throw Mistake("the variable \(placeholder.name) is not UTF-8 text")
            }
            return text
        }
    }

    private mutating func contents(of path: String, for name: String) throws(Mistake) -> String {
        if let text = contents[path] { return text }
        do throws(FileReader.Failure) {
            let text = try SecretSource.file(path: path).read(from: files).reveal()
            contents[path] = text
            return text
        } catch {
            throw Mistake("cannot read \(path), which \(name)_FILE names: \(error)")
        }
    }

    private mutating func report(_ mistake: Mistake, at offset: Int) {
        place.advance(to: offset, in: template)
        let location = SourceLocation.file(path: name, line: place.line, column: place.column)
        diagnostics.add(Diagnostic(.error, at: location, path: "", mistake.description))
    }
}
