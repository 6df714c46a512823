internal import Health

/// Reads what an entry asks of a check besides that it passes, as far as the check's type can tell.
struct ConditionAssembly {
    let check: CheckDefinition
    let types: [CheckType]

    /// Nil where the entry asks for nothing more, or for what is wrong, which was then reported.
    func condition(of entry: GateSource.Entry, _ reader: inout ValueReader) -> GateCondition? {
        let role = entry.role.flatMap { self.role($0, "\(entry.path).role", &reader) }
        let maxLag = entry.maxLag.flatMap { self.maxLag($0, "\(entry.path).maxLag", &reader) }
        return role == nil && maxLag == nil ? nil : GateCondition(role: role, maxLag: maxLag)
    }

    private func role(_ node: Node, _ path: String, _ reader: inout ValueReader) -> ServerRole? {
        guard let seen = observables(for: .role, node, path, &reader),
            case .text(let word)? = reader.read(node, as: .choice(seen.words), path)
        else { return nil }
        let role = ServerRole(word)
        if let own = seen.ownRole(of: check), !seen.areCompatible(own, role) {
            let message = "is never met: the check `\(check.name)` itself passes only as `\(own)`"
            reader.report(.warning, at: node.location, path, message)
        }
        return role
    }

    private func maxLag(_ node: Node, _ path: String, _ reader: inout ValueReader) -> Duration? {
        guard let noise = observables(for: .lag, node, path, &reader)?.lagNoise,
            let maxLag = reader.duration(node, path)
        else { return nil }
        if maxLag < noise {
            let message = "is short: a replica that is well may seem to lag by up to \(DurationText.text(noise))"
            reader.report(.warning, at: node.location, path, message)
        }
        return maxLag
    }

    /// What the probes of the check see; nil, and reported, where what is asked for is not among it.
    private func observables(
        for wanted: Observable,
        _ node: Node,
        _ path: String,
        _ reader: inout ValueReader
    ) -> Observables? {
        guard let observables = check.type.observables, observables.contains(wanted) else {
            let others = types.filter { $0.observables?.contains(wanted) == true }.map(\.name).joined(separator: ", ")
            let message =
                "the check `\(check.name)` cannot tell its \(wanted): it is \(check.type.name), not one of \(others)"
            reader.report(at: node.location, path, message)
            return nil
        }
        if let obstacle = observables.obstacle(check) {
            reader.report(at: node.location, path, "the check `\(check.name)` cannot tell its \(wanted): \(obstacle)")
            return nil
        }
        return observables
    }
}
