internal import Configuration

/// What must stand somewhere in what an upstream gave: a text, or a match of a regular expression.
enum Sought: Hashable, Sendable {
    case text([UInt8])
    case pattern(Pattern)

    /// Reads `pong`, or `~ ^po+ng$`.
    ///
    /// - Throws: what is wrong, in words fit for a diagnostic.
    init(_ text: String) throws(Mistake) {
        if let pattern = try Pattern(marked: text) {
            self = .pattern(pattern)
        } else {
            self = .text(Array(text.utf8))
        }
    }
}

extension Pattern {
    /// The regular expression behind a `~`; nil for a text without one.
    init?(marked text: String) throws(Mistake) {
        guard text.hasPrefix("~") else { return nil }
        try self.init(String(text.dropFirst().drop { $0 == " " }))
    }
}
