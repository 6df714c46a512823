/// Finds the services that the environment names (CONTRACT section 5).
///
/// Links and Services come before URLs, and a URL takes the place of a link to the same service: it is what the application
/// itself connects with, and knows user and database.
struct Discovery {
    /// A check, and what must not be checked a second time.
    struct Found {
        var check: DiscoveredCheck
        let place: Place?
    }

    /// Where a service is.
    struct Place: Hashable {
        /// The name of the check's type.
        let type: String
        /// In lower case.
        let host: String
        let port: Int
        /// User and database; nil for a link or a Service, of which only the place counts.
        var login: String?
        /// Of a link or a Service, as a URL may have it for a host, or for the first label of one.
        var name: String?

        /// Whether a check of this makes one of the other, which was found later, needless.
        func covers(_ other: Place) -> Bool {
            guard type == other.type || other.type == "tcp", port == other.port else { return false }
            guard host == other.host || (other.name.map { host.prefix { $0 != "." } == $0 } ?? false) else {
                return false
            }
            return login == nil || other.login == nil || login == other.login
        }
    }

    let environment: DiscoveryEnvironment
    let types: [CheckType]
    /// What is left out, and what is wrong.
    private(set) var diagnostics: [Diagnostic] = []

    init(environment: DiscoveryEnvironment, types: [CheckType]) {
        self.environment = environment
        self.types = types
    }

    /// - Parameter location: where the sources were named.
    mutating func find(_ sources: DiscoverySources, at location: SourceLocation) -> [DiscoveredCheck] {
        let linked = services(sources, at: location).compactMap { check(of: $0) }
        guard sources.urls else { return linked.map(\.check) }
        var found: [Found] = []
        for candidate in urls() + [postgreSQLVariables()].compactMap(\.self) + linked {
            let twin = found.firstIndex { other in
                if let place = candidate.place { other.place?.covers(place) ?? false } else { false }
            }
            if let twin { found[twin].check.join(candidate.check) } else { found.append(candidate) }
        }
        return found.map(\.check)
    }

    mutating func leaveOut(_ variable: String, _ reason: String) {
        diagnostics.append(
            Diagnostic(.warning, at: .variable(variable), path: "", "discovery leaves it out: \(reason)")
        )
    }

    private mutating func services(_ sources: DiscoverySources, at location: SourceLocation) -> [DiscoveredService] {
        let links = DiscoveredService.links(in: environment)
        var services: [DiscoveredService] = []
        for name in sources.names {
            if let service = DiscoveredService.kubernetes(name, in: environment)
                ?? links.first(where: { $0.stem == DiscoveredService.stem(of: name) })
            {
                services.append(service)
            } else {
                diagnostics.append(Diagnostic(.error, at: location, path: "", missing(name, links)))
            }
        }
        return services + (sources.links ? links.filter { link in !services.contains { $0.stem == link.stem } } : [])
    }

    private func missing(_ name: String, _ links: [DiscoveredService]) -> String {
        let known = DiscoveredService.kubernetesNames(in: environment) + links.map(\.name)
        let variable = DiscoveredService.stem(of: name) + "_SERVICE_HOST"
        return
            "the environment names no service `\(name)`: \(variable) is not set\(NearMiss.hint(for: name, among: known)); "
            + "Kubernetes tells of Services that have an address and were there before the pod"
    }
}
