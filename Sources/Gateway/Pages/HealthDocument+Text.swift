internal import Configuration
internal import Health

extension HealthDocument {
    /// Lines as kube-apiserver prints them: `[+]db ok`, `[-]cache failed: connect.refused`, and the verdict last.
    func text() -> [UInt8] {
        var lines = (detail == .status ? [] : members).map(entry(of:))
            .map { entry in
                switch entry.level {
                case .pass: "[+]\(entry.name) ok"
                case .warn: "[+]\(entry.name) ok, but \(reason(of: entry))"
                case .pending, .fail:
                    "[-]\(entry.name) failed: \(reason(of: entry))\(entry.isRequired ? "" : " (optional)")"
                }
            }
        let word = verdict.isOpen ? "passed" : "failed"
        let failure = detail == .status ? nil : verdict.failure
        lines.append("\(name) check \(word)" + (failure.map { ": \($0.code)" } ?? ""))
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    private func reason(of entry: Entry) -> String {
        guard let failure = entry.failure else { return "" }
        return isVerbose ? entry.output ?? "" : failure.code.description
    }
}
