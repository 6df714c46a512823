internal import Health

/// Turns gates of names into rules of positions, adds those that nobody wrote down, and judges them all.
struct GateAssembly {
    /// What gates need to know of a check, valid or not.
    struct Check: Sendable {
        let name: CheckName
        let location: SourceLocation
        /// Nil where it is not valid.
        let definition: CheckDefinition?

        var isRequired: Bool { definition?.policy.isRequired ?? true }
        var isLocal: Bool { definition?.isLocalService ?? false }
    }

    static let ready = CheckName("ready")!
    static let startup = CheckName("startup")!
    static let healthz = CheckName("healthz")!
    /// Gates that are there whether anyone wrote them down or not, in their order.
    static let always = [ready, startup, healthz]

    let checks: [Check]
    let types: [CheckType]
    /// As written, in the order of the file.
    private let sources: [GateSource]
    /// Of all gates, in the order of ``Configuration/gates``.
    private let names: [CheckName]

    init(checks: [Check], types: [CheckType], sources: [GateSource]) {
        self.checks = checks
        self.types = types
        self.sources = sources
        names = Self.always + sources.map(\.name).filter { !Self.always.contains($0) }
    }

    func definitions(_ reader: inout ValueReader) -> [GateDefinition] {
        for check in checks where names.contains(check.name) {
            let message = "is the name of a gate too; checks and gates share one name space"
            reader.report(at: check.location, "checks.\(check.name)", message)
        }
        var rules: [CheckName: GateRule] = [:]
        for source in sources { rules[source.name] = rule(of: source, &reader) }
        let ready = rules[Self.ready] ?? GateRule(.all, of: checks.indices.map { GateRule.Entry(.check($0)) })
        let all = names.map { name in
            let location = sources.first { $0.name == name }?.location ?? .builtIn
            let isWritten = sources.contains { $0.name == name }
            switch name {
            case Self.ready: return GateDefinition(name: name, rule: ready, location: location)
            case Self.startup where !isWritten: return defaultStartup(ready: ready, rules)
            default: return GateDefinition(name: name, rule: rules[name] ?? GateRule(.all, of: []), location: location)
            }
        }
        GateLint(checks: checks, gates: all, sources: sources).report(&reader)
        return all
    }

    private func rule(of source: GateSource, _ reader: inout ValueReader) -> GateRule {
        var entries: [GateRule.Entry] = []
        for entry in source.entries {
            guard let made = ruleEntry(entry, in: source, &reader) else { continue }
            if entries.contains(where: { $0.subject == made.subject && $0.condition == made.condition }) {
                reader.report(at: entry.location, entry.path, "`\(entry.name)` is listed twice")
                continue
            }
            entries.append(made)
        }
        return GateRule(source.quorum, of: entries)
    }

    private func ruleEntry(_ entry: GateSource.Entry, in source: GateSource, _ reader: inout ValueReader)
        -> GateRule.Entry?
    {
        guard let subject = subject(entry, &reader) else { return nil }
        guard case .check(let index) = subject else { return GateRule.Entry(subject) }
        let condition = checks[index].definition
            .flatMap { ConditionAssembly(check: $0, types: types).condition(of: entry, &reader) }
        return GateRule.Entry(subject, isRequired: entry.isRequired ?? source.standard, condition: condition)
    }

    private func subject(_ entry: GateSource.Entry, _ reader: inout ValueReader) -> GateRule.Entry.Subject? {
        if let index = checks.firstIndex(where: { $0.name.description == entry.name }) { return .check(index) }
        guard let index = names.firstIndex(where: { $0.description == entry.name }) else {
            let known = (checks.map(\.name) + names).map(\.description)
            let hint = NearMiss.hint(for: entry.name, among: known)
            reader.report(at: entry.location, entry.path, "no check or gate is called `\(entry.name)`\(hint)")
            return nil
        }
        if let key = entry.keysOfChecks.first {
            reader.report(at: entry.location, entry.path, "`\(entry.name)` is a gate; `\(key)` is for checks")
            return nil
        }
        return .gate(index)
    }

    /// As `ready`, less what may start later on this machine, perhaps because it waits for this very gate.
    private func defaultStartup(ready: GateRule, _ rules: [CheckName: GateRule]) -> GateDefinition {
        let remote = ready.entries.filter { !holdsLocal($0.subject, rules, visited: []) }
        guard !remote.isEmpty || ready.entries.isEmpty else {
            let everything = GateRule(.all, of: checks.indices.map { GateRule.Entry(.check($0)) })
            return GateDefinition(name: Self.startup, rule: everything, location: .builtIn, opensWithFirstResults: true)
        }
        let quorum =
            if case .atLeast(let count) = ready.quorum { GateRule.Quorum.atLeast(min(count, remote.count)) } else {
                ready.quorum
            }
        return GateDefinition(name: Self.startup, rule: GateRule(quorum, of: remote), location: .builtIn)
    }

    private func holdsLocal(
        _ subject: GateRule.Entry.Subject,
        _ rules: [CheckName: GateRule],
        visited: Set<Int>
    ) -> Bool {
        switch subject {
        case .check(let index): return checks[index].isLocal
        case .gate(let index):
            guard !visited.contains(index) else { return false }
            return rules[names[index]]?.entries
                .contains { holdsLocal($0.subject, rules, visited: visited.union([index])) } ?? false
        }
    }
}
