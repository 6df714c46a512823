internal import Configuration
internal import Health

/// Finds out what a command line of `allclear wait` asks to wait for.
///
/// URLs alone are all there is; without, or beside a configuration that is named too, a gate of the configuration that
/// `serve` would use is waited for; where that has nothing, what the environment names (CONTRACT section 2).
struct WaitGoals {
    private let request: WaitCommand.Request
    private let surroundings: Surroundings

    init(_ request: WaitCommand.Request, _ surroundings: Surroundings) {
        self.request = request
        self.surroundings = surroundings
    }

    /// The goal; nil, each reason said, where there is none.
    func goal(_ terms: Wait.Terms) -> WaitGoal? {
        let isAlone = !request.urls.isEmpty && request.config == nil && request.discover == nil
        if isAlone, let gate = request.gate {
            surroundings.complain("--gate: error: there is no gate \(shown(gate)) without --config: URLs were given")
            return nil
        }
        return isAlone ? goalOfURLs(terms) : goalOfConfiguration(terms)
    }

    private func goalOfURLs(_ terms: Wait.Terms) -> WaitGoal? {
        guard let definitions = surroundings.accept(surroundings.loader.loadChecks(request.urls), withNotices: false),
            let checks = surroundings.makeChecks(definitions, with: surroundings.makeNetwork()),
            surroundings.acceptSecrets(of: checks)
        else { return nil }
        let rule = GateRule(.all, of: checks.indices.map { GateRule.Entry(.check($0)) })
        return WaitGoal(checks, rules: [], rule: rule, isAny: request.isAny, terms: terms)
    }

    private func goalOfConfiguration(_ terms: Wait.Terms) -> WaitGoal? {
        let options = CommandLineOptions(config: request.config, checks: request.urls, discover: request.discover)
        guard
            let configuration = surroundings.accept(
                surroundings.loader.load(options, otherwiseDiscover: true),
                withNotices: false
            ),
            let plan = surroundings.makePlan(configuration, with: surroundings.makeNetwork()),
            let gate = gate(of: plan)
        else { return nil }
        let extra = plan.checks.indices.filter { index in
            if case .option = plan.checks[index].definition.location { true } else { false }
        }
        let entries = [GateRule.Entry(.gate(gate))] + extra.map { GateRule.Entry(.check($0)) }
        let goal = WaitGoal(
            plan.checks,
            rules: plan.rules,
            rule: GateRule(.all, of: entries),
            isAny: request.isAny,
            terms: terms
        )
        guard !goal.members.isEmpty else {
            surroundings.complain(
                "allclear: error: the gate \(plan.gates[gate].name) looks at no check; choose one by --gate"
            )
            return nil
        }
        return surroundings.acceptSecrets(of: goal.members.map { plan.checks[$0] }) ? goal : nil
    }

    /// The position of the gate that shall open.
    private func gate(of plan: Plan) -> Int? {
        guard let name = request.gate else {
            guard plan.gates[plan.startup].opensWithFirstResults else { return plan.startup }
            // To take any first result for a service that is ready would be to answer from ignorance.
            surroundings.complain("allclear: the gate startup asks for no pass here; waiting for the gate ready")
            return plan.ready
        }
        if let position = plan.gates.firstIndex(where: { $0.name.description == name }) { return position }
        let known = plan.gates.map { $0.name.description }.joined(separator: ", ")
        surroundings.complain("--gate: error: there is no gate \(shown(name)); there are \(known)")
        return nil
    }

    private func shown(_ text: String) -> String { "`\(text.oneLine(atMost: 80))`" }
}
