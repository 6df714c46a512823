internal import Configuration
internal import Health

/// A configuration as YAML, every default written out, no secret in it.
struct EffectiveConfiguration {
    private let configuration: Configuration

    init(_ configuration: Configuration) {
        self.configuration = configuration
    }

    var lines: [String] {
        head + ["checks:"] + configuration.checks.flatMap(lines(of:)) + ["gates:"] + configuration.gates.map(line(of:))
    }

    private var head: [String] {
        let listeners = configuration.listeners.map {
            "  - {address: \($0.text.quoted), detail: \($0.detail.rawValue)}"
        }
        let service = configuration.service
        let identity = [
            ("name", service.name), ("version", service.version), ("release", service.release),
            ("description", service.description),
        ]
        .compactMap { key, value in value.map { "\(key): \($0.quoted)" } }
        let limits = configuration.limits
        return [
            "# allclear \(Version.current), from \(configuration.file ?? "variables and the command line")", "listen:",
        ]
            + listeners + (identity.isEmpty ? [] : ["service: {\(identity.joined(separator: ", "))}"])
            + (configuration.hosts.isEmpty
                ? [] : ["hosts: [\(configuration.hosts.map(\.quoted).joined(separator: ", "))]"])
            + [
                "drain: {delay: \(text(configuration.drain.delay)), timeout: \(text(configuration.drain.timeout))}",
                "limits: {connections: \(limits.connections), waiters: \(limits.waiters), wait: \(text(limits.wait))}",
            ]
    }

    private func lines(of check: CheckDefinition) -> [String] {
        let policy = check.policy
        let reaction = Reaction(policy)
        var pairs: [(String, String)] = [target(of: check)]
        pairs += check.options.map(shown)
        pairs += [
            ("required", "\(policy.isRequired)"),
            ("period", text(policy.period)),
            ("timeout", text(policy.timeout)),
            ("initialDelay", text(policy.initialDelay)),
            ("successThreshold", "\(policy.successThreshold)"),
            ("failureThreshold", "\(policy.failureThreshold)"),
            ("jitter", "\(Int((policy.jitter * 100).rounded()))%"),
            ("hold", "\(policy.holds)"),
        ]
        if policy.holds { pairs.append(("canary", text(policy.canary))) }
        if let warnAfter = policy.warnAfter { pairs.append(("warnAfter", text(warnAfter))) }
        pairs += [("stableFor", text(policy.stableFor)), ("tolerate", text(policy.tolerate))]
        return ["  \(check.name):  # from \(check.origin)"] + pairs.map { "    \($0): \($1)" } + [
            "    # a failure closes its gates within \(text(reaction.detection)): \(reaction.detectionSum)"
        ] + reaction.whileHeld.map { "    # \($0)" } + [
            "    # a recovery opens them within \(text(reaction.recovery)): \(reaction.recoverySum)"
        ]
    }

    private func target(of check: CheckDefinition) -> (String, String) {
        (check.type.selector.rawValue, check.targetDescription.quoted)
    }

    private func shown(_ option: CheckDefinition.Option) -> (String, String) {
        switch option.value {
        case .secret(.file(let path)): (option.name + OptionSpec.fileSuffix, path.quoted)
        case .boolean, .duration, .size, .integer, .percentage: (option.name, option.shown)
        default: (option.name, option.shown.quoted)
        }
    }

    private func line(of gate: GateDefinition) -> String {
        let entries = gate.rule.entries.map(text(of:)).joined(separator: ", ")
        let rule =
            switch gate.rule.quorum {
            case .all: "[\(entries)]"
            case .any: "{any: [\(entries)]}"
            case .atLeast(let number): "{atLeast: \(number), of: [\(entries)]}"
            }
        return "  \(gate.name): \(rule)\(remark(on: gate))"
    }

    private func remark(on gate: GateDefinition) -> String {
        if gate.opensWithFirstResults { return "  # opens with the first result of every check" }
        let asked = gate.rule.entries.compactMap { entry -> CheckPolicy? in
            guard case .check(let check) = entry.subject, entry.condition != nil else { return nil }
            return configuration.checks[check].policy
        }
        guard let slowest = asked.map({ $0.period + $0.timeout }).max() else { return "" }
        return "  # a change of role or lag turns it within \(text(slowest))"
    }

    private func text(of entry: GateRule.Entry) -> String {
        let name =
            switch entry.subject {
            case .check(let check): configuration.checks[check].name
            case .gate(let gate): configuration.gates[gate].name
            }
        let pairs = [
            ("required", entry.isRequired.map { "\($0)" }), ("role", entry.condition?.role?.description),
            ("maxLag", entry.condition?.maxLag.map(text)),
        ]
        .compactMap { key, value in value.map { ", \(key): \($0)" } }
        return pairs.isEmpty ? name.description : "{check: \(name)\(pairs.joined())}"
    }

    private func text(_ duration: Duration) -> String {
        DurationText.text(duration)
    }
}
