extension Discovery {
    /// The check of a link or a Service; nil, and said, for one that cannot be asked.
    mutating func check(of service: DiscoveredService) -> Found? {
        let known = service.wellKnown
        let port = known?.port ?? service.ports[0]
        let scheme = known?.service.scheme ?? "tcp"
        guard Template.isName(service.stem) else {
            leaveOut(port.address, "no placeholder can hold the name of this variable; rename the link")
            return nil
        }
        guard port.number != WellKnownService.banningPort else {
            leaveOut(port.address, "port 3306 is MySQL's, which is not built in yet and bans who only connects")
            return nil
        }
        var settings = [DiscoveredCheck.Setting(key: "url", value: "\(scheme)://${\(port.address)}:${\(port.port)}")]
        var variables = [port.address, port.port]
        if let known {
            let credentials = credentials(for: known.service, of: service)
            settings += credentials?.settings ?? [DiscoveredCheck.Setting(key: "login", value: "false")]
            variables += credentials?.variables ?? []
        }
        let place = Place(
            type: types.first { $0.answers(to: scheme) }?.name ?? scheme,
            host: environment[port.address]?.lowercased() ?? "",
            port: environment[port.port].flatMap { Int($0) } ?? port.number,
            name: service.name
        )
        return Found(check: DiscoveredCheck(name: service.name, settings, from: variables), place: place)
    }

    /// Who may log in, from the service's own environment, else from ours, whichever tells the password.
    private mutating func credentials(
        for service: WellKnownService,
        of linked: DiscoveredService
    ) -> (settings: [DiscoveredCheck.Setting], variables: [String])? {
        for prefix in ["\(linked.stem)_ENV_", ""] {
            guard let password = environment.valueOrFile(prefix + service.password) else { continue }
            guard password.text != nil || prefix.isEmpty else {
                leaveOut(password.variable, "the file that it names is not here, where it has another name or none")
                continue
            }
            let isFile = password.variable.hasSuffix(DiscoveryEnvironment.fileSuffix)
            let key = "password" + (isFile ? OptionSpec.fileSuffix : "")
            var settings: [DiscoveredCheck.Setting] = []
            var variables: [String] = []
            for other in service.others {
                let found = environment.valueOrFile(prefix + other.variable)
                if let found { variables.append(found.variable) }
                if let found, found.variable.hasSuffix(other.variable) {
                    settings.append(DiscoveredCheck.Setting(other.key, variable: found.variable))
                } else if let text = found?.text ?? other.otherwise {
                    // Only a secret can stand for the file that holds it.
                    settings.append(DiscoveredCheck.Setting(other.key, literal: text))
                }
            }
            settings.append(DiscoveredCheck.Setting(key, variable: password.variable))
            return (settings, variables + [password.variable])
        }
        return nil
    }
}

extension CheckType {
    /// Whether a scheme, by its usual name, is one of its own.
    func answers(to scheme: String) -> Bool { schemes.contains { $0.name == scheme } }
}
