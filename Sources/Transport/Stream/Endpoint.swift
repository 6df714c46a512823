/// Where a check was told to look: a name or an address with a port, or a unix socket.
package enum Endpoint: Hashable, Sendable, CustomStringConvertible {
    /// A name, or an IPv4 or IPv6 literal without brackets.
    case host(String, port: UInt16)
    case unix(path: String)

    /// `db:5432`, `[::1]:5432`, `unix:/run/x.sock`.
    package var description: String {
        switch self {
        case .host(let host, let port): host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}
