/// What the gates say of the checks at one moment.
package struct GateEvaluation: Sendable {
    /// How one check is seen.
    package struct CheckView: Hashable, Sendable {
        package let level: Level
        /// Why it does not pass; nil where it does.
        package let failure: ProbeFailure?
        package let isRequired: Bool

        package init(level: Level, failure: ProbeFailure?, isRequired: Bool) {
            self.level = level
            self.failure = failure
            self.isRequired = isRequired
        }
    }

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

        package var isOpen: Bool { status != .fail }

        package init(_ status: Status, cause: Int? = nil) {
            self.status = status
            self.cause = cause
        }
    }

    /// By position.
    package let checks: [CheckView]
    private let rules: [GateRule]

    /// - Parameters:
    ///   - checks: by position.
    ///   - rules: of the gates, by position; without cycles.
    package init(checks: [CheckView], rules: [GateRule]) {
        self.checks = checks
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
            return Verdict(.fail, cause: counted.first { !$0.verdict.isOpen }?.verdict.cause)
        }
        guard let doubtful = entries.first(where: { $0.verdict.status != .pass }) else { return Verdict(.pass) }
        return Verdict(.warn, cause: doubtful.verdict.cause)
    }

    private func judge(_ entry: GateRule.Entry, excluding excluded: Set<Int>) -> (verdict: Verdict, counts: Bool)? {
        switch entry.subject {
        case .check(let position):
            guard !excluded.contains(position) else { return nil }
            let check = checks[position]
            return (Verdict(of: check.level, at: position), entry.isRequired ?? check.isRequired)
        case .gate(let position):
            let rule = rules[position]
            guard !positions(of: rule).isSubset(of: excluded) || rule.entries.isEmpty else { return nil }
            return (verdict(of: rule, excluding: excluded), entry.isRequired ?? true)
        }
    }

    /// The positions of all checks that a rule looks at, directly or through other gates.
    package func positions(of rule: GateRule) -> Set<Int> {
        rule.entries.reduce(into: []) { positions, entry in
            switch entry.subject {
            case .check(let position): positions.insert(position)
            case .gate(let position): positions.formUnion(self.positions(of: rules[position]))
            }
        }
    }

    /// Whether a rule requires a check, by the first entry that names it.
    package func requires(_ check: Int, in rule: GateRule) -> Bool {
        for entry in rule.entries {
            switch entry.subject {
            case .check(check): return entry.isRequired ?? checks[check].isRequired
            case .gate(let position) where positions(of: rules[position]).contains(check):
                return entry.isRequired ?? requires(check, in: rules[position])
            default: continue
            }
        }
        return checks[check].isRequired
    }
}

extension GateEvaluation.Verdict {
    fileprivate init(of level: Level, at cause: Int) {
        switch level {
        case .pass: self.init(.pass)
        case .warn: self.init(.warn, cause: cause)
        case .pending, .fail: self.init(.fail, cause: cause)
        }
    }
}
