/// What is wrong with text that shall be YAML, in words that help whoever wrote it; never quotes what was written.
enum YAMLText {
    typealias Position = YAMLEventParser.Position

    /// For a mapping's key that is no text, which `{${NAME}}` and `[:8484]` give too.
    static let oddKey = "a key must be one plain word; quote values that hold `${…}`, `{`, `[` or begin with `:`"

    /// What must be refused before libyaml sees it: bytes that are not UTF-8.
    static func firstProblem(in bytes: [UInt8]) -> (position: Position, message: String)? {
        guard let offset = firstInvalidByte(in: bytes) else { return nil }
        return (position(of: offset, in: bytes), "the file is not UTF-8 text")
    }

    /// The file without the mark that some editors put in front (RFC 3629 section 6).
    static func withoutByteOrderMark(_ bytes: [UInt8]) -> [UInt8] {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    }

    private static func firstInvalidByte(in bytes: [UInt8]) -> Int? {
        guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
        // The longest valid start ends where the first invalid sequence begins.
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var valid = 0
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { valid += UTF8.width(scalar) }
        return valid
    }

    /// Where a byte stands; columns in characters.
    static func position(of offset: Int, in bytes: [UInt8]) -> Position {
        let before = bytes.prefix(offset)
        let line = before.count { $0 == UInt8(ascii: "\n") }
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return Position(line: line, column: String(decoding: before[start...], as: UTF8.self).unicodeScalars.count)
    }

    /// The place of a mistake and a sentence about it.
    static func explain(_ error: YAMLEventParser.SyntaxError, in bytes: [UInt8]) -> (Position, String) {
        if let offset = error.offset {
            return (
                position(of: offset, in: bytes),
                "a control character stands here; write it as an escape in double quotes"
            )
        }
        let lines = String(decoding: bytes, as: UTF8.self)
            .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let last = min(error.position.line, lines.count - 1)
        // A flow collection may have begun on an earlier line than the one where it goes wrong.
        let first = error.context.contains("a flow") ? min(error.contextPosition.line, last) : last
        if let hint = FlowHint.find(in: lines[first...last]) { return (error.position, hint) }
        let line = lines[last]
        if error.context.hasSuffix("a quoted scalar"), error.problem == "found unexpected end of stream" {
            return (error.contextPosition, "the quote that opens here is never closed")
        }
        if error.context.contains("a flow"), error.position.line >= lines.count - 1, lines[last].isEmpty {
            return (error.contextPosition, "the bracket that opens here is never closed")
        }
        return (error.position, sentence(for: error, before: line.prefix(error.position.column)))
    }

    private static func sentence(for error: YAMLEventParser.SyntaxError, before: Substring) -> String {
        switch error.problem {
        case "found character that cannot start any token" where before.allSatisfy(\.isWhitespace),
            "found a tab character where an indentation space is expected",
            "found a tab character that violates indentation":
            "indent with spaces, not with tabs, and quote a value that begins with `@`, `%` or a back-quote"
        case "found character that cannot start any token":
            "a value that begins with this character must be quoted"
        case "mapping values are not allowed in this context":
            "a `:` cannot stand here; check the indentation, and quote a value that holds `: `"
        case "block sequence entries are not allowed in this context":
            "a list item (`- `) cannot stand here; check the indentation"
        case "could not find expected ':'":
            "a `:` is missing after the key, or the indentation is wrong"
        case "did not find expected key", "did not find expected '-' indicator":
            "this does not fit what stands above; check the indentation, and write a quote within quotes twice"
        case "did not find expected ',' or ']'":
            "a `,` or the closing `]` is missing; quote values that hold brackets, braces or commas"
        case "did not find expected ',' or '}'":
            "a `,` or the closing `}` is missing; quote values that hold brackets, braces or commas"
        case "found unknown escape character":
            "in double quotes a backslash begins an escape; use single quotes, or write it twice"
        case "did not find expected alphabetic or numeric character":
            "a value that begins with `*` or `&` must be quoted"
        case "did not find expected <document start>":
            "the document has ended, but here something follows"
        default:
            "not valid YAML: \(error.problem)"
        }
    }
}
