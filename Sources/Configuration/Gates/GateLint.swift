internal import Health

/// What is wrong with gates once each of their entries is known.
struct GateLint {
    let checks: [GateAssembly.Check]
    let gates: [GateDefinition]
    let sources: [GateSource]

    func report(_ reader: inout ValueReader) {
        for source in sources { reportCounts(source, &reader) }
        reportCycles(&reader)
        reportLiveness(&reader)
        reportUnused(&reader)
        if let startup = gates.first(where: \.opensWithFirstResults) {
            reader.report(
                .notice,
                at: startup.location,
                "gates.\(startup.name)",
                "every check of `ready` asks something on this machine, which may start later, so this gate opens with the first "
                    + "result of every check, whatever it is"
            )
        }
    }

    private func gate(_ name: CheckName) -> GateDefinition? { gates.first { $0.name == name } }

    private func name(of subject: GateRule.Entry.Subject) -> CheckName {
        switch subject {
        case .check(let index): checks[index].name
        case .gate(let index): gates[index].name
        }
    }

    /// Optional checks are shown, never counted, in `any` and `atLeast` (CONTRACT section 11).
    private func reportCounts(_ source: GateSource, _ reader: inout ValueReader) {
        // A name that nobody knows was reported, and is missing in the rule.
        guard let rule = gate(source.name)?.rule, rule.entries.count == source.entries.count else { return }
        let counted = rule.entries.count { entry in
            if case .check(let index) = entry.subject { entry.isRequired ?? checks[index].isRequired } else { true }
        }
        switch rule.quorum {
        case .all where rule.entries.isEmpty && source.name != GateAssembly.healthz:
            reader.report(.warning, at: source.location, source.path, "has no entries, so it is always open")
        case .any where counted == 0:
            reader.report(at: source.location, source.path, "has no required entry, so it would never open")
        case .atLeast(let count) where count > counted:
            reader.report(
                at: source.location,
                "\(source.path).atLeast",
                "must not be more than the required entries of `of` (\(counted)); it is \(count)"
            )
        default: return
        }
    }

    /// Each cycle once, at the gate of it that stands first.
    private func reportCycles(_ reader: inout ValueReader) {
        var known: Set<Set<Int>> = []
        for start in gates.indices {
            guard let cycle = cycle(from: start, through: [start]), known.insert(Set(cycle)).inserted else { continue }
            let names = (cycle + [start]).map { gates[$0].name.description }
            let message = "is an entry of itself: \(names.joined(separator: " → "))"
            reader.report(at: gates[start].location, "gates.\(gates[start].name)", message)
        }
    }

    private func cycle(from start: Int, through path: [Int]) -> [Int]? {
        for entry in gates[path[path.count - 1]].rule.entries {
            guard case .gate(let next) = entry.subject else { continue }
            if next == start { return path }
            if !path.contains(next), let found = cycle(from: start, through: path + [next]) { return found }
        }
        return nil
    }

    private func reportLiveness(_ reader: inout ValueReader) {
        guard let source = sources.first(where: { $0.name == GateAssembly.healthz }),
            let rule = gate(source.name)?.rule
        else { return }
        for entry in source.entries
        where rule.entries.contains(where: { name(of: $0.subject).description == entry.name }) {
            reader.report(
                .warning,
                at: entry.location,
                entry.path,
                "a liveness probe on /healthz then restarts healthy pods whenever `\(entry.name)` is down, which does "
                    + "not bring it back; list it in `ready` instead"
            )
        }
    }

    private func reportUnused(_ reader: inout ValueReader) {
        let asking = gates.filter { !$0.opensWithFirstResults }
        let used = Set(asking.flatMap { gate in gate.rule.entries.map(\.subject) })
        for (index, check) in checks.enumerated() where !used.contains(.check(index)) {
            reader.report(
                .warning,
                at: check.location,
                "checks.\(check.name)",
                "is in no gate, so nothing depends on it"
            )
        }
    }
}
