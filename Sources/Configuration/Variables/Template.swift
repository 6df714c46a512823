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
        let bytes = Array(text.utf8)
        var scanner = PlaceholderScanner(bytes, rule)
        var pieces: [Piece] = []
        var literal: [UInt8] = []
        func flush() {
            if !literal.isEmpty { pieces.append(.literal(String(decoding: literal, as: UTF8.self))) }
            literal = []
        }
        while let piece = scanner.next() {
            switch piece {
            case .literal(let range): literal += bytes[range]
            case .malformed(let mistake, _): throw mistake
            case .placeholder(let placeholder, _):
                flush()
                pieces.append(.placeholder(placeholder))
            }
        }
        flush()
        self.pieces = pieces
    }

    /// Whether a text may be the name of a variable in a placeholder.
    static func isName(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, !isDigit(first) else { return false }
        return text.utf8.allSatisfy(isNameByte)
    }

    static func isNameByte(_ byte: UInt8) -> Bool {
        // A letter's lower case differs in one bit.
        byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || isDigit(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

extension Template.Placeholder {
    /// What it stands for, given what its variable holds; nil where that is unset and nothing is said for that case.
    ///
    /// - Throws: the complaint that it asks for; holds no value.
    func text(for value: String?) throws(Mistake) -> String? {
        switch otherwise {
        case .use(let text) where value?.isEmpty ?? true: return text
        case .complain(let message) where value?.isEmpty ?? true:
            throw Mistake("the variable \(name) is not set or empty\(message.isEmpty ? "" : ": \(message)")")
        default: return value
        }
    }
}
