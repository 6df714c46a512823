/// What an entry of a gate asks of a check besides that it passes.
///
/// Whoever does not know is not believed: an unknown role or lag is a condition that is not met.
package struct GateCondition: Hashable, Sendable {
    /// What the server must be; nil for anything.
    package let role: ServerRole?
    /// How far it may be behind its primary; nil for any distance.
    package let maxLag: Duration?

    package init(role: ServerRole? = nil, maxLag: Duration? = nil) {
        self.role = role
        self.maxLag = maxLag
    }

    /// Why a passing check that last saw this does not meet the condition; nil where it does.
    package func failure(on replication: Replication?) -> ProbeFailure? {
        if let role, replication?.roles.contains(role) != true {
            let found = replication?.roles.first?.description ?? "unknown"
            return ProbeFailure(FailureCode(.assert, .wrongRole), "its role is \(found), wanted \(role)")
        }
        guard let maxLag else { return nil }
        guard let lag = replication?.lag else {
            return ProbeFailure(FailureCode(.assert, .lagUnknown), "it does not say how far it is behind")
        }
        guard lag > maxLag else { return nil }
        let word = "it is \(lag.inSeconds) behind, wanted at most \(maxLag.inSeconds)"
        return ProbeFailure(FailureCode(.assert, .lagging), word)
    }
}

extension GateRule {
    /// What some rules ask of each of `count` checks besides that it passes, by the position of the check.
    package static func conditions(in rules: [GateRule], onChecks count: Int) -> [[GateCondition]] {
        var conditions = [[GateCondition]](repeating: [], count: count)
        for entry in rules.flatMap(\.entries) {
            if case .check(let position) = entry.subject, let condition = entry.condition {
                conditions[position].append(condition)
            }
        }
        return conditions
    }
}
