internal import Transport

/// Who logs in where, and how far the connection must be protected: all that libpq is told.
package struct LoginParameters: Sendable {
    /// libpq's own names (manual section 34.19); `require` encrypts without verifying, unless ``rootCertificate`` is set.
    package enum TLSMode: String, CaseIterable, Sendable {
        case disable
        case allow
        case prefer
        case require
        case verifyCA = "verify-ca"
        case verifyFull = "verify-full"

        var verifies: Bool { self == .verifyCA || self == .verifyFull }
    }

    /// The name that the server's certificate must bear; means nothing for a unix socket.
    package var serverName: String
    /// The part of a unix socket's name; over TCP the address has the port.
    package var socketPort: UInt16
    package var user: String
    package var database: String
    /// Nil where none is to be sent, whatever the server asks for.
    package var password: String?
    package var applicationName: String
    /// Nil for libpq's default, `prefer`, which also forbids to send a password in clear (``allowsClearText(to:)``).
    package var tlsMode: TLSMode?
    /// The path of a PEM file with the issuers to trust; nil for the system's where the mode verifies, else for none.
    package var rootCertificate: String?
    /// The paths of our own certificate and of its key; nil for none.
    package var certificate: String?
    package var key: String?

    package init(serverName: String, socketPort: UInt16 = 5432, user: String, database: String) {
        // A trailing dot makes a name absolute for the resolver; certificates never have it (RFC 6066).
        self.serverName = serverName.hasSuffix(".") ? String(serverName.dropLast()) : serverName
        self.socketPort = socketPort
        self.user = user
        self.database = database
        applicationName = "allclear"
    }

    /// A path at which nothing can be: where a parameter has a default file in somebody's home, only a path that leads
    /// nowhere says "none".
    private static let nowhere = "/dev/null/none"

    /// Whether the password may be sent as it is over a connection without TLS.
    ///
    /// libpq 15 has no `require_auth` and would. It is right on a unix socket, and where TLS was expressly renounced.
    func allowsClearText(to address: Address) -> Bool {
        if case .unix = address { return true }
        return tlsMode == .disable
    }

    /// libpq's parameters (manual section 34.1.2), every one that has a default file or variable among them.
    func keywords(for address: Address) -> [(name: String, value: String)] {
        let (host, hostAddress, port) =
            switch address {
            case .ipv4(_, let port), .ipv6(_, let port, _): (serverName, address.host, port)
            case .unix(let folder): (folder, "", socketPort)
            }
        return [
            ("host", host),
            // Where it is set nothing is looked up, so that nothing blocks.
            ("hostaddr", hostAddress),
            ("port", String(port)),
            ("user", user),
            ("dbname", database),
            ("password", password ?? ""),
            ("passfile", Self.nowhere),
            ("application_name", applicationName),
            ("client_encoding", "UTF8"),
            ("connect_timeout", "0"),
            // For a connection that is kept: a peer that is gone without a word is noticed between two questions too.
            ("keepalives_idle", "10"),
            ("keepalives_interval", "5"),
            ("keepalives_count", "2"),
            ("tcp_user_timeout", "20000"),
            ("options", ""),
            ("service", ""),
            ("requirepeer", ""),
            ("target_session_attrs", "any"),
            ("channel_binding", "prefer"),
            ("gssencmode", "disable"),
            ("gsslib", "gssapi"),
            ("krbsrvname", "postgres"),
            ("sslmode", (tlsMode ?? .prefer).rawValue),
            // libpq 15 cannot be told to use OpenSSL's own defaults.
            ("sslrootcert", rootCertificate ?? (tlsMode?.verifies == true ? SystemIssuers.bundle : Self.nowhere)),
            ("sslcert", certificate ?? Self.nowhere),
            ("sslkey", key ?? Self.nowhere),
            ("sslcrl", Self.nowhere),
            ("sslcrldir", ""),
            ("sslcompression", "0"),
            ("sslsni", "1"),
            ("ssl_min_protocol_version", "TLSv1.2"),
            ("ssl_max_protocol_version", "TLSv1.3"),
        ]
    }
}
