/// What stands between `://` and the path: user, password, host, port (RFC 3986 section 3.2).
struct URLAuthority {
    private(set) var user: String?
    private(set) var password: SecretSource?
    private(set) var hasWrittenPassword = false
    /// Decoded, an IPv6 literal without its brackets; empty for none.
    private(set) var host: String
    private(set) var isBracketed = false
    /// Behind the last colon of the host; nil for no colon.
    private(set) var portText: String?

    init(_ units: ArraySlice<URLUnit>, loneUserIsPassword: Bool) throws(URLProblem) {
        let parts = units.split(omittingEmptySubsequences: false) { $0.isWritten("@") }
        guard parts.count <= 2, let hostAndPort = parts.last else { throw .unencoded }
        let (hostUnits, portUnits, isBracketed) = try Self.split(hostAndPort)
        host = try hostUnits.decoded()
        portText = try portUnits?.decoded()
        self.isBracketed = isBracketed
        if parts.count == 2 { try readUserInfo(parts[0], loneUserIsPassword: loneUserIsPassword) }
    }

    private static func split(
        _ units: ArraySlice<URLUnit>
    ) throws(URLProblem) -> (host: ArraySlice<URLUnit>, port: ArraySlice<URLUnit>?, isBracketed: Bool) {
        guard units.first?.isWritten("[") == true else {
            let colons = units.indices.filter { units[$0].isWritten(":") }
            guard let colon = colons.last else { return (units, nil, false) }
            guard colons.count == 1 || units.contains(where: { $0.isWritten(",") }) else {
                throw URLProblem(
                    "holds more than one `:` behind the user; an IPv6 address stands in brackets: `[::1]:6379`"
                )
            }
            return (units[..<colon], units[colon...].dropFirst(), false)
        }
        guard let close = units.firstIndex(where: { $0.isWritten("]") }) else {
            throw URLProblem("the bracket before the IPv6 address is never closed")
        }
        let rest = units[close...].dropFirst()
        guard rest.isEmpty || rest.first?.isWritten(":") == true else {
            throw URLProblem("after the `]` of an IPv6 address only `:` and a port may stand")
        }
        return (units[..<close].dropFirst(), rest.isEmpty ? nil : rest.dropFirst(), true)
    }

    private mutating func readUserInfo(_ units: ArraySlice<URLUnit>, loneUserIsPassword: Bool) throws(URLProblem) {
        let colon = units.firstIndex { $0.isWritten(":") }
        if colon == nil, loneUserIsPassword {
            try readPassword(units)
            return
        }
        let name = try units[..<(colon ?? units.endIndex)].decoded()
        user = name.isEmpty ? nil : name
        if let colon { try readPassword(units[colon...].dropFirst()) }
    }

    private mutating func readPassword(_ units: ArraySlice<URLUnit>) throws(URLProblem) {
        if units.count == 1, case .file(let path)? = units.first {
            password = .file(path: path)
            return
        }
        let text = try units.decoded()
        guard !text.isEmpty else { return }
        password = .value(Secret(text))
        hasWrittenPassword = units.contains { if case .written = $0 { true } else { false } }
    }

    /// Takes host or socket, and port, from where libpq lets them stand too: `postgres:///db?host=/run/postgresql`.
    mutating func takePlace(from query: inout [ParsedURL.QueryItem]) {
        guard host.isEmpty, let item = query.first(where: { $0.name == "host" }) else { return }
        host = item.value
        portText = portText ?? query.first { $0.name == "port" }?.value
        query.removeAll { $0.name == "host" || $0.name == "port" }
    }
}
