package import Configuration
package import Transport

/// A kind of check: what the configuration knows of it, and how a probe of it is made.
package struct ProbeType: Sendable {
    /// What an upstream of this kind is called in an answer (draft-inadarei-api-health-check-06 section 4.3).
    package enum Component: String, Sendable {
        case datastore
        case component
        case system
    }

    package let check: CheckType
    package let component: Component
    /// Makes the probe of one server.
    private let makeOne: @Sendable (CheckDefinition, Network) throws(TransportFailure) -> any Probe

    package init(
        _ check: CheckType,
        component: Component,
        make: @escaping @Sendable (CheckDefinition, Network) throws(TransportFailure) -> any Probe
    ) {
        self.check = check
        self.component = component
        makeOne = make
    }

    /// The probe of one valid definition; may read files, such as an issuer's certificate.
    ///
    /// Throws a `configure.*` failure that names the file that cannot be used.
    package func make(_ definition: CheckDefinition, _ network: Network) throws(TransportFailure) -> any Probe {
        let probes = try definition.ofEachServer.map { server throws(TransportFailure) in try makeOne(server, network) }
        return probes.count == 1 ? probes[0] : AnyServerProbe(of: probes)
    }
}
