internal import Configuration
internal import Health

extension HealthDocument {
    /// Lines as kube-apiserver prints them: `[+]db ok`, `[-]cache failed: connect.refused`, and the verdict last.
    func text() -> [UInt8] {
        guard detail != .status else { return Array(verdictLine.utf8) }
        var text = ""
        if members.allSatisfy({ append($0, to: &text, upTo: limit - verdictLine.utf8.count) }) {
            return Array((text + verdictLine).utf8)
        }
        text = ""
        let omission = showFailing { append($0, to: &text, upTo: $1 - verdictLine.utf8.count) }
        let counts = omission.counts.map { "\($0.count) \($0.status)" }.joined(separator: ", ")
        return Array("\(text)omitted: \(counts)\n\(verdictLine)".utf8)
    }

    private var verdictLine: String {
        let line = "\(name) check \(verdict.isOpen ? "passed" : "failed")"
        guard detail != .status, let failure = verdict.failure else { return line + "\n" }
        return "\(line): \(failure.code)\n"
    }

    /// Writes a check, or, where the text would pass the limit, nothing, and returns false.
    private func append(_ member: Plan.Member, to text: inout String, upTo limit: Int) -> Bool {
        let line = line(on: entry(of: member))
        guard text.utf8.count + line.utf8.count <= limit else { return false }
        text += line
        return true
    }

    private func line(on entry: Entry) -> String {
        switch entry.level {
        case .pass: "[+]\(entry.name) ok\n"
        case .warn: "[+]\(entry.name) ok, but \(reason(of: entry))\n"
        case .pending, .fail: "[-]\(entry.name) failed: \(reason(of: entry))\(entry.isRequired ? "" : " (optional)")\n"
        }
    }

    private func reason(of entry: Entry) -> String {
        guard let failure = entry.failure else { return "" }
        return isVerbose ? entry.output ?? "" : failure.code.description
    }
}
