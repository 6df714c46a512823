/// Writes metric families in Prometheus' text format 0.0.4, or as OpenMetrics 1.0.
struct MetricsWriter {
    enum Format {
        case prometheus
        case openMetrics

        var contentType: String {
            switch self {
            case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
            case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
            }
        }
    }

    enum Kind: String {
        case counter
        case gauge
        case histogram
    }

    let format: Format
    private(set) var text = ""
    private var name = ""

    init(_ format: Format) {
        self.format = format
    }

    /// Begins a family. A counter's name ends in `_total`, which OpenMetrics keeps for its samples.
    mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        let isOpen = format == .openMetrics
        let familyName = isOpen && name.hasSuffix("_total") ? String(name.dropLast("_total".count)) : name
        text += "# HELP \(familyName) \(help)\n# TYPE \(familyName) \(kind.rawValue)\n"
    }

    /// Writes one sample of the family.
    mutating func sample(_ labels: [(String, String)], suffix: String = "", _ value: some CustomStringConvertible) {
        // Piece by piece: with thousands of checks these lines are megabytes, and other answers wait for them.
        text += name
        text += suffix
        for (index, (label, value)) in labels.enumerated() {
            text += index == 0 ? "{" : ","
            text += label
            text += "=\""
            text += escaped(value)
            text += "\""
        }
        text += labels.isEmpty ? " " : "} "
        text += value.description
        text += "\n"
    }

    /// Writes the one sample of a family without labels.
    mutating func sample(_ value: some CustomStringConvertible) {
        sample([], value)
    }

    /// The whole document.
    consuming func finish() -> [UInt8] {
        if format == .openMetrics { text += "# EOF\n" }
        return Array(text.utf8)
    }

    private func escaped(_ value: String) -> String {
        // To search for a string in one takes longer than all the rest, and hardly any value needs it.
        guard value.utf8.contains(where: { $0 == 0x5C || $0 == 0x22 || $0 == 0x0A }) else { return value }
        return value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
