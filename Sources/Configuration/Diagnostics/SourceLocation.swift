/// Where something in the configuration was said.
package enum SourceLocation: Hashable, Sendable {
    /// A place in a file; line and column count from 1, columns in characters.
    case file(path: String, line: Int, column: Int)
    /// A file as a whole.
    case wholeFile(path: String)
    /// An environment variable.
    case variable(String)
    /// An option of the command line, as `--check`, and which of its kind, from 0.
    case option(String, index: Int = 0)
    /// Nowhere: it holds because nothing else was said.
    case builtIn
}

extension SourceLocation: CustomStringConvertible {
    /// `allclear.yaml:12:5`, `ALLCLEAR_CHECK_DB`, `--check`; empty for what was said nowhere.
    package var description: String {
        switch self {
        case .file(let path, let line, let column): "\(path):\(line):\(column)"
        case .wholeFile(let path): path
        case .variable(let name): name
        case .option(let name, _): name
        case .builtIn: ""
        }
    }

    /// As ``description``, without the column: `allclear.yaml:12`.
    package var origin: String {
        if case .file(let path, let line, _) = self { "\(path):\(line)" } else { description }
    }
}

extension SourceLocation: Comparable {
    /// The order of reports: the file from top to bottom, then variables by name, then the command line, then the rest.
    package static func < (left: SourceLocation, right: SourceLocation) -> Bool {
        left.rank < right.rank
    }

    private var rank: (Int, Int, Int, String) {
        switch self {
        case .wholeFile(let path): (0, 0, 0, path)
        case .file(let path, let line, let column): (0, line, column, path)
        case .variable(let name): (1, 0, 0, name)
        case .option(let name, let index): (2, index, 0, name)
        case .builtIn: (3, 0, 0, "")
        }
    }
}
