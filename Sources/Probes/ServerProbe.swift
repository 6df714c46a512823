internal import Transport

/// A probe of a server that stands somewhere in a network, by its name or address.
protocol ServerProbe: Probe {
    var endpoint: Endpoint { get }
    var network: Network { get }
}

extension ServerProbe {
    func leads(to address: Address) -> Bool { network.connector.leads(endpoint, to: address) }

    func doubtName(heardBy moment: ContinuousClock.Instant) {
        network.connector.doubtName(of: endpoint, heardBy: moment)
    }
}
