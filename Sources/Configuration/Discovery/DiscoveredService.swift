/// A service that the environment tells address and ports of: a Docker link, or a Kubernetes Service.
struct DiscoveredService: Sendable {
    /// One port of it, and the variables that say so.
    struct Port: Hashable, Sendable {
        /// What the service calls it, which picks the protocol.
        let number: Int
        /// Holds the address.
        let address: String
        /// Holds the number to connect to.
        let port: String
    }

    /// In lower case, `_` as `-`.
    let name: String
    /// The name in variables.
    let stem: String
    /// Never empty; the first is the service's own choice.
    let ports: [Port]

    /// Its protocol and port; nil for a service whose protocol is not known from any.
    var wellKnown: (service: WellKnownService, port: Port)? {
        for service in WellKnownService.all {
            if let port = ports.first(where: { $0.number == service.port }) { return (service, port) }
        }
        return nil
    }
}

// MARK: - Docker

extension DiscoveredService {
    /// Every Docker link, one for each service: Docker and Compose tell of each under several names, of which the shortest
    /// stays.
    ///
    /// A link is known by `DB_NAME=/web/db` and by the `DB_PORT_5432_TCP_ADDR` of its ports.
    static func links(in environment: DiscoveryEnvironment) -> [DiscoveredService] {
        let all = environment.names.compactMap { link(named: $0, in: environment) }
        let shortestFirst = all.sorted { ($0.name.count, $0.name) < ($1.name.count, $1.name) }
        var seen: Set<[String]> = []
        let kept = shortestFirst.filter { link in
            seen.insert(link.ports.flatMap { [environment[$0.address] ?? "", environment[$0.port] ?? ""] }).inserted
        }
        return kept.sorted { $0.name < $1.name }
    }

    private static func link(named variable: String, in environment: DiscoveryEnvironment) -> DiscoveredService? {
        guard variable.hasSuffix("_NAME"), let path = environment[variable], path.hasPrefix("/") else { return nil }
        let stem = String(variable.dropLast("_NAME".count))
        let parts = path.split(separator: "/")
        guard parts.count > 1, stem == parts.last?.uppercased().replacing("-", with: "_") else { return nil }
        let ports = environment.numbers(between: stem + "_PORT_", and: "_TCP_ADDR")
            .map { Port(number: $0, address: "\(stem)_PORT_\($0)_TCP_ADDR", port: "\(stem)_PORT_\($0)_TCP_PORT") }
            .filter { environment[$0.port] != nil }
        return ports.isEmpty ? nil : DiscoveredService(name: name(of: stem), stem: stem, ports: ports)
    }
}

// MARK: - Kubernetes

extension DiscoveredService {
    /// A Kubernetes Service, from `DB_SERVICE_HOST` and its `DB_SERVICE_PORT` and `DB_SERVICE_PORT_<NAME>`.
    ///
    /// `DB_PORT`, which holds `tcp://10.96.0.7:5432`, is never read; nor is a `…_SERVICE_PORT` that is such a `…_PORT`, of a
    /// service whose name ends in `-service`.
    static func kubernetes(_ service: String, in environment: DiscoveryEnvironment) -> DiscoveredService? {
        let stem = stem(of: service)
        let host = stem + "_SERVICE_HOST"
        let first = stem + "_SERVICE_PORT"
        guard environment[host] != nil else { return nil }
        let ports = ([first] + environment.names.filter { $0.hasPrefix(first + "_") })
            .compactMap { variable in
                environment[variable].flatMap { Int($0) }
                    .map { Port(number: $0, address: host, port: variable) }
            }
        return ports.isEmpty ? nil : DiscoveredService(name: name(of: stem), stem: stem, ports: ports)
    }

    /// The Services that the environment tells of, for a suggestion.
    static func kubernetesNames(in environment: DiscoveryEnvironment) -> [String] {
        environment.names.filter { $0.hasSuffix("_SERVICE_HOST") }.map { name(of: $0.dropLast("_SERVICE_HOST".count)) }
    }

    static func stem(of name: String) -> String {
        name.uppercased().replacing("-", with: "_")
    }

    private static func name(of stem: some StringProtocol) -> String {
        stem.lowercased().replacing("_", with: "-")
    }
}
