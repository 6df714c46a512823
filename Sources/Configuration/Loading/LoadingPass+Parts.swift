extension ValueReader {
    /// The parts of the file by key; nil where it is no mapping at all.
    mutating func parts(of root: Node) -> [String: Node]? {
        guard let entries = entries(of: root, "") else { return nil }
        var parts: [String: Node] = [:]
        let known = ConfigurationKeys.parts.map(\.name)
        for entry in entries {
            if known.contains(entry.key) {
                parts[entry.key] = entry.value
            } else {
                reportUnknown(entry.key, at: entry.keyLocation, "", known: known, later: ConfigurationKeys.laterParts)
            }
        }
        return parts
    }
}

extension LoadingPass {
    mutating func service(_ node: Node?) -> Configuration.ServiceIdentity {
        let values = node.map { reader.readAll($0, ConfigurationKeys.service, "service") } ?? [:]
        return Configuration.ServiceIdentity(
            name: values["name"]?.text,
            version: values["version"]?.text,
            release: values["release"]?.text,
            description: values["description"]?.text
        )
    }

    mutating func drain(_ node: Node?) -> Configuration.Drain {
        let values = node.map { reader.readAll($0, ConfigurationKeys.drain, "drain") } ?? [:]
        var drain = Configuration.Drain()
        if let delay = values["delay"]?.duration { drain.delay = delay }
        if let timeout = values["timeout"]?.duration { drain.timeout = timeout }
        return drain
    }

    mutating func limits(_ node: Node?) -> Configuration.Limits {
        let values = node.map { reader.readAll($0, ConfigurationKeys.limits, "limits") } ?? [:]
        var limits = Configuration.Limits()
        if let connections = values["connections"]?.integer { limits.connections = connections }
        if let waiters = values["waiters"]?.integer { limits.waiters = waiters }
        if let wait = values["wait"]?.duration { limits.wait = wait }
        if let node, limits.mostHeld < limits.waiters, values["waiters"] != nil {
            let nodes = reader.values(of: node, ConfigurationKeys.limits, "limits")
            reader.report(
                .warning,
                at: nodes["waiters"]?.location ?? node.location,
                "limits.waiters",
                "only \(limits.mostHeld) answers are held back: a quarter of limits.connections "
                    + "(\(limits.connections)) stays for those who do not wait; raise it to a third more than the waiters"
            )
        }
        return limits
    }

    mutating func hosts(_ node: Node?) -> [String] {
        guard let node, let items = reader.items(of: node, "hosts", example: "[status.example.org]") else { return [] }
        return items.enumerated()
            .compactMap { index, item in
                guard let host = reader.text(item, "hosts[\(index)]") else { return nil }
                let isName = host.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
                guard !host.isEmpty, isName else {
                    reader.report(
                        at: item.location,
                        "hosts[\(index)]",
                        "must be a host's name, without scheme, port or `*`"
                    )
                    return nil
                }
                // The dot of an absolute name, which a Host header need not have.
                return (host.hasSuffix(".") ? host.dropLast() : host[...]).lowercased()
            }
    }

    /// The pace of checks that do not say otherwise.
    mutating func defaults(_ node: Node?) -> [String: PolicyAssembly.Given] {
        guard let node else { return [:] }
        let values = reader.values(of: node, ConfigurationKeys.defaults, "defaults")
        var given: [String: PolicyAssembly.Given] = [:]
        for spec in ConfigurationKeys.defaults.known {
            guard let node = values[spec.name] else { continue }
            guard let value = reader.read(node, as: spec.kind, "defaults.\(spec.name)") else { continue }
            given[spec.name] = PolicyAssembly.Given(value: value, location: node.location)
        }
        // Judged once, as if they were a check's own.
        _ = PolicyAssembly(defaults: [:], own: given, path: "defaults")
            .policy(lowestPeriod: CheckType.lowestPeriod, holding: .never, &reader)
        return given
    }
}
