package import Configuration
package import Health
package import Probes

/// What this run of the gateway is about: the configuration with its probes made, fixed from start to stop.
package struct Plan: Sendable {
    /// One check with the probe that asks it.
    package struct Check: Sendable {
        package let definition: CheckDefinition
        package let component: ProbeType.Component
        package let probe: any Probe

        package var name: String { definition.name.description }
        package var policy: CheckPolicy { definition.policy }

        package init(definition: CheckDefinition, component: ProbeType.Component, probe: any Probe) {
            self.definition = definition
            self.component = component
            self.probe = probe
        }
    }

    /// A check as a gate shows it.
    struct Member: Sendable {
        let check: Int
        let isRequired: Bool
    }

    /// In configuration order; positions in ``rules`` refer to it.
    package let checks: [Check]
    /// `ready`, `startup`, `healthz` and the user's own.
    package let gates: [GateDefinition]
    package let service: Configuration.ServiceIdentity

    let rules: [GateRule]
    /// What the checks say of themselves, by position.
    let isRequired: [Bool]
    /// What gates ask of each check besides that it passes, by its position.
    let conditions: [[GateCondition]]
    /// The checks of each gate, direct or through other gates, in configuration order.
    let members: [[Member]]
    /// Positions of the gates that always exist.
    let ready: Int
    let startup: Int
    let healthz: Int

    package init(checks: [Check], gates: [GateDefinition], service: Configuration.ServiceIdentity) {
        self.checks = checks
        self.gates = gates
        self.service = service
        let rules = gates.map(\.rule)
        let isRequired = checks.map(\.policy.isRequired)
        self.rules = rules
        self.isRequired = isRequired
        conditions = GateRule.conditions(in: rules, onChecks: checks.count)
        members = rules.map { Self.members(of: $0, among: rules, isRequired) }
        ready = Self.position(of: "ready", in: gates)
        startup = Self.position(of: "startup", in: gates)
        healthz = Self.position(of: "healthz", in: gates)
    }

    /// The checks that a rule looks at, in configuration order.
    func members(of rule: GateRule) -> [Member] {
        Self.members(of: rule, among: rules, isRequired)
    }

    func position(ofCheck name: CheckName) -> Int? {
        checks.firstIndex { $0.definition.name == name }
    }

    func position(ofGate name: CheckName) -> Int? {
        gates.firstIndex { $0.name == name }
    }

    /// The checks that a rule looks at, in configuration order.
    static func members(of rule: GateRule, among rules: [GateRule], _ isRequired: [Bool]) -> [Member] {
        rule.positions(among: rules).sorted()
            .map { check in
                Member(check: check, isRequired: rule.requires(check, among: rules) ?? isRequired[check])
            }
    }

    private static func position(of name: String, in gates: [GateDefinition]) -> Int {
        guard let position = gates.firstIndex(where: { $0.name.description == name }) else {
            preconditionFailure("a configuration without the gate \(name)")
        }
        return position
    }
}
