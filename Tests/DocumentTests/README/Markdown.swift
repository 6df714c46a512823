/// A Markdown text with tables between markers, as `<!-- metrics -->` … `<!-- end -->`, and fenced blocks.
struct Markdown {
    static let path = "README.md"
    private static let end = "<!-- end -->"

    struct Block {
        /// What stands behind the fence, as `yaml`.
        let language: String
        /// The name in the comment `<!-- script: name -->` right before it; nil for none.
        let name: String?
        let text: String
    }

    private(set) var lines: [String]

    init(_ text: String) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    static func readme() throws -> Markdown {
        Markdown(try Repository.text(path))
    }

    var text: String { lines.joined(separator: "\n") }

    /// The names of the markers that begin with `prefix`, without it, in their order.
    func markers(_ prefix: String) -> [String] {
        lines.filter { $0.hasPrefix("<!-- \(prefix)") }
            .map { String($0.dropFirst("<!-- \(prefix)".count).dropLast(" -->".count)) }
    }

    /// The lines between a marker and its end; nil where there is no such marker.
    subscript(marker: String) -> [String]? {
        get {
            range(of: marker).map { Array(lines[$0]) }
        }
        set {
            guard let range = range(of: marker) else { return }
            lines.replaceSubrange(range, with: newValue ?? [])
        }
    }

    private func range(of marker: String) -> Range<Int>? {
        guard let start = lines.firstIndex(of: "<!-- \(marker) -->"),
            let end = lines[start...].firstIndex(of: Self.end)
        else { return nil }
        return start + 1..<end
    }

    /// The cells of the rows of the table at a marker, its head left out.
    func rows(_ marker: String) -> [[String]] {
        (self[marker] ?? []).filter { $0.hasPrefix("|") }.dropFirst(2)
            .map { row in
                row.dropFirst().dropLast().replacing("\\|", with: "\u{0}").split(separator: "|")
                    .map { $0.replacing("\u{0}", with: "|").trimmed }
            }
    }

    /// What stands in backticks in the first column of the table at a marker.
    func words(_ marker: String) -> [String] {
        rows(marker).flatMap { Self.code(in: $0[0]) }
    }

    /// What stands in backticks.
    static func code(in text: String) -> [String] {
        text.matches(of: #/`([^`]+)`/#).map { String($0.1) }
    }

    var blocks: [Block] {
        var blocks: [Block] = []
        var open: (language: String, name: String?, lines: [String])?
        for (index, line) in lines.enumerated() {
            if let block = open {
                if line == "```" {
                    blocks.append(
                        Block(language: block.language, name: block.name, text: block.lines.map { $0 + "\n" }.joined())
                    )
                    open = nil
                } else {
                    open?.lines.append(line)
                }
            } else if line.hasPrefix("```") {
                let name = index > 0 ? lines[index - 1].wholeMatch(of: #/<!-- script: (.*) -->/#)?.1 : nil
                open = (String(line.dropFirst(3)), name.map(String.init), [])
            }
        }
        return blocks
    }
}

extension StringProtocol {
    fileprivate var trimmed: String {
        let start = drop { $0 == " " }
        return String(start.reversed().drop { $0 == " " }.reversed())
    }
}
