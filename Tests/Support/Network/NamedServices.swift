import Foundation

/// Names and standard ports, as documents use them, that lead to real servers on the free ports of tests.
///
/// Each name has an address of its own in 127.0.0.0/8, where the standard port is relayed to the server's. The names are for an
/// /etc/hosts.
package final class NamedServices {
    /// Lines of hosts(5).
    package private(set) var hosts = ""
    private var relays: [ScriptedServer] = []

    package init() {}

    /// Makes `name:port` lead to a port of 127.0.0.1; returns the name's address.
    @discardableResult
    package func add(_ name: String, port: UInt16, leadingTo target: UInt16) throws -> String {
        let address = "127.84.84.\(relays.count + 2)"
        let relay = ScriptedServer.Script("relay") { try $0.relay(to: PlainSocket.connect(to: .loopback(target))) }
        relays.append(try ScriptedServer(relay, at: .tcp(host: address, port: port)))
        hosts += "\(address) \(name)\n"
        return address
    }

    /// Gives the ports back.
    package func stop() { for relay in relays { relay.stop() } }
}
