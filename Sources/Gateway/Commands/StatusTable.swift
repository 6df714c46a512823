internal import Probes

/// A health document as a table for people: the verdict, then a line for each check.
struct StatusTable {
    private static let columns = ["CHECK", "LEVEL", "CODE", "REQUIRED", "SINCE", "OUTPUT"]

    let lines: [String]

    init(_ document: JSONValue) {
        let gate = document["gate"]?.text ?? "?"
        let output = document["output"]?.text.map { ": \($0)" } ?? ""
        let verdict = "\(gate): \(document["status"]?.text ?? "?")\(output)"
        guard case .object(let checks)? = document["checks"], !checks.isEmpty else {
            lines = [verdict]
            return
        }
        lines = [verdict] + TextTable(Self.columns, checks.map(Self.row)).lines
    }

    private static func row(_ check: JSONValue.Member) -> [String] {
        guard case .array(let entries) = check.value, let entry = entries.first else {
            return [check.name] + columns.dropFirst().map { _ in "" }
        }
        return [check.name] + columns.dropFirst().map { entry[$0.lowercased()]?.text ?? "-" }
    }
}
