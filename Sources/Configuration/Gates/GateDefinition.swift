package import Health

/// One gate as configured, or as it is by default.
package struct GateDefinition: Hashable, Sendable {
    package let name: CheckName
    /// Positions are those of ``Configuration/checks`` and ``Configuration/gates``.
    package let rule: GateRule
    /// ``SourceLocation/builtIn`` for one that nobody wrote down.
    package let location: SourceLocation
    /// It opens with the first result of every check of its rule, whatever that is.
    ///
    /// So `startup` does by default when all checks ask something on this machine, which may be waiting for this gate.
    package let opensWithFirstResults: Bool

    package init(name: CheckName, rule: GateRule, location: SourceLocation, opensWithFirstResults: Bool = false) {
        self.name = name
        self.rule = rule
        self.location = location
        self.opensWithFirstResults = opensWithFirstResults
    }
}
