internal import Health

/// A text after its placeholders were replaced, that still knows what was written and what a variable held.
struct Expansion: Hashable, Sendable {
    enum Piece: Hashable, Sendable {
        case written(String)
        /// From a variable, or the default of its placeholder.
        case value(String)
        /// The variable is unset, but `NAME_FILE` names this file.
        case file(path: String)
    }

    let pieces: [Piece]
    /// Whether the text may be shown: it stands in the file as it is.
    let isQuotable: Bool

    /// The text, for one without files.
    var text: String {
        pieces.map {
            switch $0 {
            case .written(let text), .value(let text): text
            case .file: preconditionFailure("a file was asked for where none is accepted")
            }
        }
        .joined()
    }

    /// The file that the whole text stands for; nil where it is text.
    var wholeFile: String? {
        guard pieces.count == 1, case .file(let path)? = pieces.first else { return nil }
        return path
    }

    var hasFile: Bool {
        pieces.contains { if case .file = $0 { true } else { false } }
    }

    /// `; it is …` for a message, where the text may be shown.
    var shown: String {
        isQuotable ? "; it is `\(text.oneLine(atMost: 60))`" : ""
    }
}
