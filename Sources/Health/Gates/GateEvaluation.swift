/// What the gates say of the checks at one moment.
package struct GateEvaluation: Sendable {
    package enum Status: String, Sendable {
        case pass
        /// Open, though an optional check fails or something warns.
        case warn
        /// Closed.
        case fail
    }

    package struct Verdict: Hashable, Sendable {
        package let status: Status
        /// The position of the first check that closes the gate, or that makes it warn; nil for none.
        package let cause: Int?
        /// The condition that the cause, though it passes, does not meet; nil where the cause itself says why.
        package let unmet: ProbeFailure?

        package var isOpen: Bool { status != .fail }

        package init(_ status: Status, cause: Int? = nil, unmet: ProbeFailure? = nil) {
            self.status = status
            self.cause = cause
            self.unmet = unmet
        }
    }

    private let levels: [Level]
    private let replication: @Sendable (Int) -> Replication?
    private let isRequired: [Bool]
    private let rules: [GateRule]

    /// - Parameters:
    ///   - levels: of the checks, by position.
    ///   - replication: what the check at a position last saw of it.
    ///   - isRequired: what the checks say of themselves, by position.
    ///   - rules: of the gates, by position; without cycles.
    package init(
        levels: [Level],
        replication: @escaping @Sendable (Int) -> Replication?,
        isRequired: [Bool],
        rules: [GateRule]
    ) {
        self.levels = levels
        self.replication = replication
        self.isRequired = isRequired
        self.rules = rules
    }

    /// Judges a rule.
    ///
    /// - Parameter excluded: positions of checks that are left out; where that leaves nothing, the gate is open.
    package func verdict(of rule: GateRule, excluding excluded: Set<Int> = []) -> Verdict {
        let entries = rule.entries.compactMap { judge($0, excluding: excluded) }
        guard !entries.isEmpty else { return Verdict(.pass) }
        let counted = entries.filter(\.counts)
        let open = counted.count { $0.verdict.isOpen }
        let needed =
            switch rule.quorum {
            case .all: counted.count
            case .any: 1
            case .atLeast(let number): number
            }
        // What is left out of a quorum cannot be asked of it.
        let removed = rule.entries.count - entries.count
        guard open >= (removed > 0 ? min(needed, counted.count) : needed) else {
            return Verdict(.fail, because: counted.first { !$0.verdict.isOpen }?.verdict)
        }
        guard let doubtful = entries.first(where: { $0.verdict.status != .pass }) else { return Verdict(.pass) }
        return Verdict(.warn, because: doubtful.verdict)
    }

    private func judge(_ entry: GateRule.Entry, excluding excluded: Set<Int>) -> (verdict: Verdict, counts: Bool)? {
        switch entry.subject {
        case .check(let position):
            guard !excluded.contains(position) else { return nil }
            return (verdict(of: position, entry.condition), entry.isRequired ?? isRequired[position])
        case .gate(let position):
            let rule = rules[position]
            guard excluded.isEmpty || rule.entries.isEmpty || !rule.positions(among: rules).isSubset(of: excluded)
            else {
                return nil
            }
            return (verdict(of: rule, excluding: excluded), entry.isRequired ?? true)
        }
    }

    private func verdict(of check: Int, _ condition: GateCondition?) -> Verdict {
        let level = levels[check]
        if level.isPassing, let unmet = condition?.failure(on: replication(check)) {
            return Verdict(.fail, cause: check, unmet: unmet)
        }
        switch level {
        case .pass: return Verdict(.pass)
        case .warn: return Verdict(.warn, cause: check)
        case .pending, .fail: return Verdict(.fail, cause: check)
        }
    }
}

extension GateEvaluation.Verdict {
    /// The reason of another verdict, which may be none.
    fileprivate init(_ status: GateEvaluation.Status, because other: Self?) {
        self.init(status, cause: other?.cause, unmet: other?.unmet)
    }
}
