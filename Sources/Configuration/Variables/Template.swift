/// A text with its placeholders found, none replaced yet (CONTRACT section 4).
struct Template: Hashable, Sendable {
    enum Piece: Hashable, Sendable {
        case literal(String)
        case placeholder(Placeholder)
    }

    struct Placeholder: Hashable, Sendable {
        /// What happens where the variable is unset or empty.
        enum Otherwise: Hashable, Sendable {
            /// An error where it is unset; an empty one is taken as it is.
            case unset
            /// `:-`
            case use(String)
            /// `:?`
            case complain(String)
        }

        let name: String
        let otherwise: Otherwise
    }

    let pieces: [Piece]

    /// - Throws: where a placeholder cannot be read; quotes nothing.
    init(parsing text: String, _ rule: PlaceholderRule) throws(Mistake) {
        var parser = TemplateParser(text: text[...], rule: rule)
        pieces = try parser.parse()
    }

    /// Whether a text may be the name of a variable in a placeholder.
    static func isName(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return text.unicodeScalars.allSatisfy {
            $0 == "_" || ($0.isASCII && $0.properties.isAlphabetic) || ("0"..."9").contains($0)
        }
    }
}

private struct TemplateParser {
    var text: Substring
    let rule: PlaceholderRule
    private var pieces: [Template.Piece] = []
    private var literal = ""

    init(text: Substring, rule: PlaceholderRule) {
        self.text = text
        self.rule = rule
    }

    mutating func parse() throws(Mistake) -> [Template.Piece] {
        while let character = text.first {
            if rule != .none, text.hasPrefix("${") {
                text.removeFirst(2)
                let placeholder = try placeholder()
                flush()
                pieces.append(.placeholder(placeholder))
            } else if rule == .all && text.hasPrefix("$$") || rule == .bracesOnly && text.hasPrefix("$${") {
                text.removeFirst(2)
                literal.append("$")
                // What an escaped dollar sign escapes is text.
                if text.hasPrefix("{") { literal.append(text.removeFirst()) }
            } else {
                literal.append(character)
                text.removeFirst()
            }
        }
        flush()
        return pieces
    }

    private mutating func flush() {
        if !literal.isEmpty { pieces.append(.literal(literal)) }
        literal = ""
    }

    private mutating func placeholder() throws(Mistake) -> Template.Placeholder {
        guard let end = text.firstIndex(of: "}") else {
            throw Mistake("a `${` is never closed; write `$$` for a dollar sign")
        }
        let body = text[..<end]
        text = text[end...].dropFirst()
        guard !body.contains("${") else {
            throw Mistake("placeholders cannot stand within each other")
        }
        let name = body.prefix { $0 != ":" }
        let rest = body[name.endIndex...]
        guard Template.isName(name), rest.isEmpty || rest.hasPrefix(":-") || rest.hasPrefix(":?") else {
            throw Mistake(
                "a placeholder is `${NAME}`, `${NAME:-default}` or `${NAME:?message}`; write `$$` for a dollar sign"
            )
        }
        let argument = String(rest.dropFirst(2))
        return Template.Placeholder(
            name: String(name),
            otherwise: rest.isEmpty ? .unset : rest.hasPrefix(":-") ? .use(argument) : .complain(argument)
        )
    }
}
