/// One URL scheme of a check type, and what its URLs must name.
package struct URLScheme: Hashable, Sendable {
    /// Where the address stands in a URL.
    package enum Place: Hashable, Sendable {
        /// A host name or an IP literal, and a port.
        case host
        /// As `host`, or the percent-encoded path of a unix socket in its place, or `?host=/path` as libpq knows it.
        case hostOrSocket
        /// The percent-encoded path of a unix socket in the host's place: `http+unix://%2Frun%2Fapp.sock/ping`.
        case socketAsHost
        /// The path is that of a unix socket: `unix:///run/app.sock`.
        case socketAsPath
    }

    /// In lower case, without `://`.
    package let name: String
    package let place: Place
    /// Nil where a URL with a host must name its port.
    package let defaultPort: Int?
    /// What else libraries write for it, as `postgis` or `jdbc:postgresql`.
    package let spellings: [String]
    /// Whether the name of a library may follow behind a plus, as in `postgresql+asyncpg`.
    package let takesLibrary: Bool

    package init(
        _ name: String,
        _ place: Place = .host,
        defaultPort: Int? = nil,
        spellings: [String] = [],
        takesLibrary: Bool = false
    ) {
        self.name = name
        self.place = place
        self.defaultPort = defaultPort
        self.spellings = spellings
        self.takesLibrary = takesLibrary
    }
}

extension URLScheme {
    /// Whether a text, in lower case, is another spelling of it.
    func isSpelled(_ text: String) -> Bool {
        spellings.contains(text) || (takesLibrary && text.hasPrefix(name + "+"))
    }
}
