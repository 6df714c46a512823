internal import Configuration
internal import Health

extension HealthDocument {
    /// Lines as kube-apiserver prints them: `[+]db ok`, `[-]cache failed: connect.refused`, and the verdict last.
    func text() -> [UInt8] {
        let size = text(Selection(omitted: checks)).count
        return text(select(besides: size) { Array(line(on: $0).utf8) })
    }

    private func text(_ selection: Selection) -> [UInt8] {
        var lines = selection.shown
        if !selection.omitted.isEmpty { lines.append(Array(line(counting: selection.omitted).utf8)) }
        lines.append(Array(lastLine.utf8))
        return lines.flatMap { $0 + [UInt8(ascii: "\n")] }
    }

    private func line(on entry: Entry) -> String {
        switch entry.view.level {
        case .pass: "[+]\(entry.name) ok"
        case .warn: "[+]\(entry.name) ok, but \(reason(of: entry))"
        case .pending, .fail: "[-]\(entry.name) failed: \(reason(of: entry))\(entry.isRequired ? "" : " (optional)")"
        }
    }

    private func line(counting omitted: [Int]) -> String {
        "omitted: " + counts(of: omitted).map { "\($0.count) \($0.status)" }.joined(separator: ", ")
    }

    private var lastLine: String {
        let line = "\(name) check \(verdict.isOpen ? "passed" : "failed")"
        guard detail != .status, let failure = verdict.failure else { return line }
        return "\(line): \(failure.code)"
    }

    private func reason(of entry: Entry) -> String {
        guard let failure = entry.view.failure else { return "" }
        return isVerbose ? entry.output ?? "" : failure.code.description
    }
}
