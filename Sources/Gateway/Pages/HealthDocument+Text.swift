internal import Configuration
internal import Health

extension HealthDocument {
    /// Lines as kube-apiserver prints them: `[+]db ok`, `[-]cache failed: connect.refused`, and the verdict last.
    func text() -> [UInt8] {
        fitting { shown, omitted in
            let lines = shown.map(line(on:)) + (omitted.isEmpty ? [] : [line(counting: omitted)]) + [lastLine]
            return Array((lines.joined(separator: "\n") + "\n").utf8)
        }
    }

    private func line(on entry: Entry) -> String {
        switch entry.view.level {
        case .pass: "[+]\(entry.name) ok"
        case .warn: "[+]\(entry.name) ok, but \(reason(of: entry))"
        case .pending, .fail: "[-]\(entry.name) failed: \(reason(of: entry))\(entry.isRequired ? "" : " (optional)")"
        }
    }

    private func line(counting omitted: [Entry]) -> String {
        "omitted: " + Self.counts(of: omitted).map { "\($0.count) \($0.status)" }.joined(separator: ", ")
    }

    private var lastLine: String {
        let verdictLine = "\(name) check \(verdict.isOpen ? "passed" : "failed")"
        guard detail != .status, let failure = verdict.failure else { return verdictLine }
        return "\(verdictLine): \(failure.code)"
    }

    private func reason(of entry: Entry) -> String {
        guard let failure = entry.view.failure else { return "" }
        return isVerbose ? entry.output ?? "" : failure.code.description
    }
}
