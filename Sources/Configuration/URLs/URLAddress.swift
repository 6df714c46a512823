/// Where a URL leads, once it is known to be complete.
struct URLAddress {
    /// In lower case; empty for a socket.
    let host: String
    let port: Int?
    let socketPath: String?

    /// What `sockaddr_un` holds beside its final zero (unix(7)).
    static let longestSocketPath = 107

    init(_ authority: URLAuthority, path: String, scheme: URLScheme) throws(URLProblem) {
        switch scheme.place {
        case .socketAsPath:
            guard authority.host.isEmpty, path.hasPrefix("/"), path != "/" else {
                throw URLProblem(
                    "needs the absolute path of a socket, with three slashes: `\(scheme.name):///run/app.sock`"
                )
            }
            (host, port, socketPath) = ("", nil, try Self.socket(path))
        case .socketAsHost where !authority.host.hasPrefix("/"):
            throw URLProblem(
                "needs the socket's path percent-encoded in the host's place: `\(scheme.name)://%2Frun%2Fapp.sock/ping`"
            )
        case .socketAsHost,
            .hostOrSocket where authority.host.hasPrefix("/"):
            (host, port, socketPath) = ("", try Self.port(authority, scheme), try Self.socket(authority.host))
        case .host, .hostOrSocket:
            host = try Self.host(authority)
            port = try Self.port(authority, scheme)
            socketPath = nil
            guard port != nil else { throw URLProblem("needs a port: `\(scheme.name)://host:port`") }
        }
    }

    private static func socket(_ path: String) throws(URLProblem) -> String {
        guard path.utf8.count <= longestSocketPath else {
            throw URLProblem("the path of a unix socket has at most \(longestSocketPath) bytes")
        }
        return path
    }

    private static func port(_ authority: URLAuthority, _ scheme: URLScheme) throws(URLProblem) -> Int? {
        guard let text = authority.portText else { return scheme.defaultPort }
        guard !text.hasPrefix("tcp://") else {
            throw URLProblem(
                "the port is `tcp://…`, as Docker and Kubernetes put it into variables like REDIS_PORT; theirs with the number "
                    + "are REDIS_PORT_6379_TCP_PORT and REDIS_SERVICE_PORT"
            )
        }
        guard let port = Int(text), (1...65_535).contains(port), text.allSatisfy(\.isNumber) else {
            throw URLProblem("the port must be a number from 1 to 65535")
        }
        return port
    }

    private static func host(_ authority: URLAuthority) throws(URLProblem) -> String {
        let host = authority.host.lowercased()
        guard !host.isEmpty else { throw URLProblem("names no host") }
        guard !host.contains(",") else { throw URLProblem("names several hosts; write one check for each") }
        // A variable may hold an IPv6 address, which then needs no brackets.
        let isIPv6 = authority.isBracketed || host.filter { $0 == ":" }.count > 1
        let allowed = isIPv6 ? isIPv6Scalar : isNameScalar
        guard host.utf8.count <= 253, host.unicodeScalars.allSatisfy(allowed), !host.hasPrefix("."),
            !host.hasPrefix("-")
        else { throw URLProblem("its host is neither a name of letters, digits, `-`, `_` and `.` nor an IP address") }
        return host
    }
}

/// Digits of an address and, behind a `%`, the name of an interface (RFC 4007 section 11).
private func isIPv6Scalar(_ scalar: Unicode.Scalar) -> Bool {
    scalar == ":" || scalar == "%" || isNameScalar(scalar)
}

private func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || "-_.".unicodeScalars.contains(scalar)
}
