internal import Health

/// What one `allclear wait` waits for.
struct WaitGoal: Sendable {
    /// All of the configuration, by position; only ``members`` are asked.
    let checks: [Plan.Check]
    /// Of all gates.
    let rules: [GateRule]
    /// What shall open.
    let rule: GateRule
    let terms: Wait.Terms
    /// Positions of the checks that ``rule`` looks at, in configuration order.
    let members: [Int]

    /// - Parameter isAny: whether one check of all that the rule looks at is enough.
    init(_ checks: [Plan.Check], rules: [GateRule], rule: GateRule, isAny: Bool, terms: Wait.Terms) {
        self.checks = checks
        self.rules = rules
        self.terms = terms
        let members = Plan.members(of: rule, among: rules, checks.map(\.policy.isRequired))
        self.members = members.map(\.check)
        guard isAny || terms.isInverted else {
            self.rule = rule
            return
        }
        // That one passes, or that all are down, is said of checks, whatever the gates between them say.
        let entries = members.map { GateRule.Entry(.check($0.check), isRequired: terms.isInverted || $0.isRequired) }
        self.rule = GateRule(isAny ? .any : .all, of: entries)
    }
}
