/// Finds placeholders in bytes, one piece at a time; all other bytes stay what they are, be they UTF-8 or not.
struct PlaceholderScanner {
    enum Piece {
        /// Bytes that stand for themselves; those of an escape are what it escapes.
        case literal(Range<Int>)
        case placeholder(Template.Placeholder, at: Int)
        /// It begins as a placeholder and is none. Scanning goes on behind its `${`, so that the next mistake is found too.
        case malformed(Mistake, at: Int)
    }

    private let bytes: [UInt8]
    private let rule: PlaceholderRule
    private var position = 0

    init(_ bytes: [UInt8], _ rule: PlaceholderRule) {
        self.bytes = bytes
        self.rule = rule
    }

    /// The next piece; nil at the end.
    mutating func next() -> Piece? {
        let start = position
        while position < bytes.count, !isMark(position) { position += 1 }
        if position > start { return .literal(start..<position) }
        guard position < bytes.count else { return nil }
        return bytes[position + 1] == brace ? placeholder() : escape()
    }

    /// Whether a placeholder or an escape begins here.
    private func isMark(_ index: Int) -> Bool {
        guard bytes[index] == dollar, index + 1 < bytes.count else { return false }
        let (following, isBraceThird) = (bytes[index + 1], index + 2 < bytes.count && bytes[index + 2] == brace)
        switch rule {
        case .all: return following == brace || following == dollar
        case .bracesOnly: return following == brace || following == dollar && isBraceThird
        case .only(let names): return following == brace && names.contains(text(of: name(from: index + 2)) ?? "")
        case .none: return false
        }
    }

    /// What an escaped dollar sign escapes is text.
    private mutating func escape() -> Piece {
        let start = position + 1
        position += 2
        if position < bytes.count, bytes[position] == brace { position += 1 }
        return .literal(start..<position)
    }

    private mutating func placeholder() -> Piece {
        let start = position
        position += 2
        do {
            let end = try end(from: position)
            let placeholder = try placeholder(in: position..<end)
            position = end + 1
            return .placeholder(placeholder, at: start)
        } catch {
            return .malformed(error, at: start)
        }
    }

    /// Where the `}` of a placeholder stands.
    private func end(from start: Int) throws(Mistake) -> Int {
        for index in start..<bytes.count {
            if bytes[index] == UInt8(ascii: "}") { return index }
            if bytes[index] == dollar, index + 1 < bytes.count, bytes[index + 1] == brace {
                throw Mistake("placeholders cannot stand within each other")
            }
        }
        throw Mistake("a `${` is never closed\(remedy)")
    }

    private func placeholder(in body: Range<Int>) throws(Mistake) -> Template.Placeholder {
        let name = name(from: body.lowerBound)
        guard let rest = text(of: name.upperBound..<body.upperBound) else {
            throw Mistake("what stands in a placeholder must be UTF-8 text")
        }
        guard let name = text(of: name), Template.isName(name),
            rest.isEmpty || rest.hasPrefix(":-") || rest.hasPrefix(":?")
        else { throw Mistake("a placeholder is `${NAME}`, `${NAME:-default}` or `${NAME:?message}`\(remedy)") }
        let argument = String(rest.dropFirst(2))
        return Template.Placeholder(
            name: name,
            otherwise: rest.isEmpty ? .unset : rest.hasPrefix(":-") ? .use(argument) : .complain(argument)
        )
    }

    /// What to write for a `${` that is meant as it stands.
    private var remedy: String {
        if case .only = rule { "" } else { "; write `$$` for a dollar sign" }
    }

    /// Where the letters, digits and underscores from here on stand.
    private func name(from start: Int) -> Range<Int> {
        start..<(bytes[start...].firstIndex { !Template.isNameByte($0) } ?? bytes.count)
    }

    private func text(of range: Range<Int>) -> String? {
        String(validating: bytes[range], as: UTF8.self)
    }
}

private let dollar = UInt8(ascii: "$")
private let brace = UInt8(ascii: "{")
