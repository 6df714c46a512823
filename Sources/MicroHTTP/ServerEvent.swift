/// Something an operator may want to read about the server; each kind comes at most a few times a minute.
package enum ServerEvent: Hashable, Sendable, CustomStringConvertible {
    /// What libmicrohttpd says of a connection. Worth `debug` and no more: it may quote the client, although escaped.
    case libraryMessage(text: String, suppressed: Int)

    /// A client waits although the process has no descriptor left to accept it with.
    case descriptorsExhausted(address: ListenAddress)

    /// So many clients are connected that the oldest without a request are being closed.
    case connectionsCrowded(limit: Int)

    /// The process may open too few descriptors for the connections that were asked for.
    case connectionsReduced(to: Int, from: Int)

    package var isWarning: Bool {
        switch self {
        case .libraryMessage: false
        case .descriptorsExhausted, .connectionsCrowded, .connectionsReduced: true
        }
    }

    package var description: String {
        switch self {
        case .libraryMessage(let text, 0): text
        case .libraryMessage(let text, let suppressed): "\(text) (\(suppressed) messages before it were left out)"
        case .descriptorsExhausted(let address):
            "\(address): no descriptor is left to accept a connection; raise the limit on open files"
        case .connectionsCrowded(let limit):
            "nearly all of \(limit) connections are open; the oldest without a request are being closed"
        case .connectionsReduced(let reduced, let wanted):
            "at most \(reduced) connections instead of \(wanted); raise the limit on open files"
        }
    }
}
