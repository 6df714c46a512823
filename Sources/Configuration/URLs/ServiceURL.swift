/// The URL of an upstream, taken apart; percent-encoding is undone everywhere but in ``target``.
package struct ServiceURL: Hashable, Sendable {
    /// In lower case.
    package let scheme: String
    /// Nil where there is none; empty is none.
    package let user: String?
    package let password: SecretSource?
    /// A name or an IP literal without brackets, in lower case; empty where ``socketPath`` is set.
    package let host: String
    /// From the URL, or the scheme's own; nil only where ``socketPath`` is set and no port was named.
    package let port: Int?
    /// The absolute path of a unix socket (for PostgreSQL the folder it lies in).
    package let socketPath: String?
    /// Decoded, with its leading slash; empty where there is none.
    package let path: String
    /// ``path`` for people: what a variable held, which may be a secret, is left out.
    let shownPath: String
    /// Path and query as HTTP sends them, still encoded; `/` where there is no path.
    package let target: String
    /// Whether something follows a `?`.
    let hasQuery: Bool
    /// Further servers that the URL names, as libpq and JDBC let it (`postgres://a,b/db`): any of them is enough.
    var others: [ServiceURL] = []
}

extension ServiceURL {
    /// `host:port` or the path of the socket, for people; of several servers all.
    package var place: String {
        ([placeOfFirst] + others.map(\.place)).joined(separator: ",")
    }

    private var placeOfFirst: String {
        if let socketPath { return socketPath }
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return port.map { "\(name):\($0)" } ?? name
    }
}

extension ServiceURL {
    /// One URL for each of the servers.
    var servers: [ServiceURL] {
        var first = self
        first.others = []
        return [first] + others
    }
}

extension ServiceURL: CustomStringConvertible {
    /// The URL without its password, and without what may be a secret too: what its query says, and what a variable put into
    /// its path.
    package var description: String {
        let name = user ?? ""
        let userInfo =
            switch (user, password) {
            case (nil, nil): ""
            case (_, nil): "\(name)@"
            case (_, _?): "\(name):***@"
            }
        return "\(scheme)://\(userInfo)\(place)\(socketPath == path ? "" : shownPath)\(hasQuery ? "?…" : "")"
    }
}
