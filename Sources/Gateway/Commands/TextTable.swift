/// Rows of words in columns, for people.
struct TextTable {
    let lines: [String]

    /// Each row has as many words as there are titles.
    init(_ titles: [String], _ rows: [[String]]) {
        let rows = [titles] + rows
        let widths = titles.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        lines = rows.map { row in
            let line = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
                .joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }
}
