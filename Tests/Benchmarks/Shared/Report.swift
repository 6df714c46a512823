import Foundation

/// What a benchmark found: one table for people, and the same with every sample as `.build/bench/NAME.json`.
///
/// The first that was measured of each thing is what the others are compared with.
package struct Report {
    private struct Row: Encodable {
        let contender: String
        var samples: [Double] = []
    }

    private struct Measure: Encodable {
        let name: String
        let unit: String
        var rows: [Row] = []
    }

    private struct Document: Encodable {
        let benchmark: String
        let machine: Machine
        let settings: [String: String]
        let notes: [String]
        let measures: [Measure]
    }

    private let name: String
    private let machine = Machine()
    private let settings: KeyValuePairs<String, String>
    private var measures: [Measure] = []
    private var notes: [String] = []

    /// Measures, prints the table and writes the file; ends the process where that fails.
    ///
    /// - Parameter settings: under which it is measured, for the reader.
    package static func make(
        _ name: String,
        settings: KeyValuePairs<String, String>,
        _ measure: (inout Report) async throws -> Void
    ) async {
        do {
            var report = Report(name, settings)
            try await measure(&report)
            try report.finish()
        } catch {
            progress("")
            FileHandle.standardError.write(Data("bench-\(name): \(error)\n".utf8))
            exit(1)
        }
    }

    private init(_ name: String, _ settings: KeyValuePairs<String, String>) {
        self.name = name
        self.settings = settings
        Self.say("bench-\(name): \(settings.map { "\($0.key) \($0.value)" }.joined(separator: ", "))")
    }

    /// Adds one sample; measures and contenders keep the order in which they first came. Where figures are
    /// counts the unit is empty. What is no number was not to be had, and is left out.
    package mutating func add(_ measure: String, in unit: String, of contender: String, _ value: Double) {
        guard value.isFinite else { return }
        let index =
            measures.firstIndex { $0.name == measure }
            ?? {
                measures.append(Measure(name: measure, unit: unit))
                return measures.count - 1
            }()
        let row =
            measures[index].rows.firstIndex { $0.contender == contender }
            ?? {
                measures[index].rows.append(Row(contender: contender))
                return measures[index].rows.count - 1
            }()
        measures[index].rows[row].samples.append(value)
    }

    /// A sentence below the table, once.
    package mutating func note(_ sentence: String) {
        if !notes.contains(sentence) { notes.append(sentence) }
    }

    private func finish() throws {
        Self.progress("")
        Self.say("\n\(table)\n")
        for note in notes { Self.say(note) }
        Self.say(machine.text)
        let document = Document(
            benchmark: name,
            machine: machine,
            settings: Dictionary(settings.map { ($0.key, $0.value) }) { $1 },
            notes: notes,
            measures: measures
        )
        try Self.write(document, as: name)
    }

    /// Writes what was found as `.build/bench/NAME.json`, and says so.
    package static func write(_ document: some Encodable, as name: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let folder = ".build/bench"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try encoder.encode(document).write(to: URL(fileURLWithPath: "\(folder)/\(name).json"))
        say("All samples: \(folder)/\(name).json\n")
    }

    /// Says on a terminal how far it is; each call replaces what the last one said.
    package static func progress(_ text: String) {
        guard isatty(STDERR_FILENO) == 1 else { return }
        FileHandle.standardError.write(Data("\r\(text)\u{1B}[K".utf8))
    }

    private var table: String {
        var lines = [["", "", "median", "min", "max", "runs", "first ÷ it"]]
        for measure in measures {
            let first = Samples(measure.rows.first?.samples ?? []).median
            for (index, row) in measure.rows.enumerated() {
                let samples = Samples(row.samples)
                let title = measure.unit.isEmpty ? measure.name : "\(measure.name), \(measure.unit)"
                lines.append([
                    index == 0 ? title : "", row.contender,
                    Self.shown(samples.median), Self.shown(samples.least), Self.shown(samples.most),
                    "\(row.samples.count)", index == 0 ? "" : Self.shown(first / samples.median),
                ])
            }
        }
        return Self.markdown(lines)
    }

    /// Rows of cells as a table in Markdown; all but the first two columns are figures.
    package static func markdown(_ lines: [[String]]) -> String {
        let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        let rows = lines.map { cells in
            let padded = zip(cells, widths).enumerated()
                .map { column, cell in
                    let space = String(repeating: " ", count: cell.1 - cell.0.count)
                    return column < 2 ? cell.0 + space : space + cell.0
                }
            return "| \(padded.joined(separator: " | ")) |"
        }
        let rule = widths.enumerated()
            .map { column, width in
                column < 2 ? String(repeating: "-", count: width) : String(repeating: "-", count: width - 1) + ":"
            }
        return ([rows[0], "| \(rule.joined(separator: " | ")) |"] + rows.dropFirst()).joined(separator: "\n")
    }

    /// Three figures that count.
    package static func shown(_ value: Double) -> String {
        guard value.isFinite else { return "-" }
        let places = abs(value) >= 100 ? 0 : abs(value) >= 10 ? 1 : abs(value) >= 0.095 || value == 0 ? 2 : 3
        return String(format: "%.\(places)f", value)
    }

    /// At once, also into a file.
    package static func say(_ text: String) {
        FileHandle.standardOutput.write(Data("\(text)\n".utf8))
    }
}
