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

    /// In configuration order; positions in ``rules`` refer to it.
    package let checks: [Check]
    /// `ready`, `startup`, `healthz` and the user's own.
    package let gates: [GateDefinition]
    package let service: Configuration.ServiceIdentity

    package init(checks: [Check], gates: [GateDefinition], service: Configuration.ServiceIdentity) {
        self.checks = checks
        self.gates = gates
        self.service = service
        rules = gates.map(\.rule)
        let evaluation = GateEvaluation(checks: [], rules: rules)
        members = rules.map { evaluation.positions(of: $0).sorted() }
        ready = Self.position(of: "ready", in: gates)
        startup = Self.position(of: "startup", in: gates)
        healthz = Self.position(of: "healthz", in: gates)
    }

    let rules: [GateRule]
    /// The checks of each gate, direct or through other gates, in configuration order.
    let members: [[Int]]
    /// Positions of the gates that always exist.
    let ready: Int
    let startup: Int
    let healthz: Int

    func position(ofCheck name: CheckName) -> Int? {
        checks.firstIndex { $0.definition.name == name }
    }

    func position(ofGate name: CheckName) -> Int? {
        gates.firstIndex { $0.name == name }
    }

    private static func position(of name: String, in gates: [GateDefinition]) -> Int {
        guard let position = gates.firstIndex(where: { $0.name.description == name }) else {
            preconditionFailure("a configuration without the gate \(name)")
        }
        return position
    }
}
