/// Takes one URL apart, its placeholders already replaced (RFC 3986, read strictly where a password could go astray).
struct URLParser {
    private typealias Units = ArraySlice<URLUnit>

    private let types: [CheckType]

    init(types: [CheckType]) {
        self.types = types
    }

    func parse(_ expansion: Expansion) throws(URLProblem) -> ParsedURL {
        let units = expansion.units[...]
        let (schemeName, rest) = try splitScheme(units)
        let (type, scheme) = try lookUp(schemeName)
        if let hash = rest.firstIndex(where: { $0.isWritten("#") }) {
            guard !rest[hash...].contains(where: { $0.isWritten("@") }) else { throw .unencoded }
            throw URLProblem("write options as keys beside `url`, not after a `#`; a `#` of the URL itself is %23")
        }
        let end = rest.firstIndex { $0.isWritten("/") || $0.isWritten("?") } ?? rest.endIndex
        let tail = rest[end...]
        let strayAt = tail.contains { $0.isWritten("@") }
        guard !(strayAt && type.queryNamesOptions) else { throw .unencoded }
        var authorities = try authorities(rest[..<end], type)
        // A password cut short by a slash leaves something for a port that is none, and the `@` behind it.
        let strayPort = authorities.contains { $0.portText.map { Int($0) == nil } ?? false }
        guard !(strayAt && strayPort) else { throw .unencoded }

        let mark = tail.firstIndex { $0.isWritten("?") } ?? tail.endIndex
        let path = tail[..<mark]
        let queryUnits = tail[mark...].dropFirst()
        var query = type.queryNamesOptions ? try items(of: queryUnits) : []
        if scheme.place == .hostOrSocket { authorities[0].takePlace(from: &query) }
        let target =
            try (path.isEmpty ? "/" : path.encoded(inQuery: false))
            + (mark == tail.endIndex || type.queryNamesOptions ? "" : "?" + queryUnits.encoded(inQuery: true))
        var servers = try authorities.map { authority throws(URLProblem) in
            let address = try URLAddress(authority, path: path.decoded(), scheme: scheme)
            return ServiceURL(
                scheme: scheme.name,
                user: authority.user,
                password: authority.password,
                host: address.host,
                port: address.port,
                socketPath: address.socketPath,
                path: try path.decoded(),
                shownPath: try path.shown().decoded(),
                target: target,
                hasQuery: mark != tail.endIndex
            )
        }
        servers[0].others = Array(servers.dropFirst())
        return ParsedURL(
            type: type,
            url: servers[0],
            query: query,
            hasWrittenPassword: authorities[0].hasWrittenPassword
        )
    }

    /// User, password and place of each server that a URL names; never empty.
    private func authorities(_ units: Units, _ type: CheckType) throws(URLProblem) -> [URLAuthority] {
        let start = units.firstIndex { $0.isWritten("@") }.map { $0 + 1 } ?? units.startIndex
        let places = units[start...]
            .split(omittingEmptySubsequences: false) { type.takesSeveralHosts && $0.isWritten(",") }
        return try places.map { place throws(URLProblem) in
            try URLAuthority(units[..<start] + place, loneUserIsPassword: type.loneUserIsPassword)
        }
    }

    private func splitScheme(_ units: Units) throws(URLProblem) -> (name: String, rest: Units) {
        let mark = Array("://".utf8)
        guard
            let colon = units.indices.first(where: { index in
                units[index...].prefix(mark.count).elementsEqual(mark.map(URLUnit.written))
            })
        else {
            throw URLProblem("is no URL; write it as `scheme://host:port/…`, \(knownSchemes)")
        }
        var name = ""
        for unit in units[..<colon] {
            guard case .written(let byte) = unit else {
                throw URLProblem("a placeholder is the whole URL, or it stands behind `scheme://`")
            }
            name.unicodeScalars.append(Unicode.Scalar(byte))
        }
        return (name.lowercased(), units[colon...].dropFirst(mark.count))
    }

    /// Whose scheme this is, in lower case; another spelling counts where it is nobody's own.
    func match(_ name: String) -> (type: CheckType, scheme: URLScheme)? {
        let own = types.flatMap { type in type.schemes.map { (type: type, scheme: $0) } }
        return own.first { $0.scheme.name == name } ?? own.first { $0.scheme.isSpelled(name) }
    }

    private func lookUp(_ name: String) throws(URLProblem) -> (CheckType, URLScheme) {
        if let (type, scheme) = match(name) { return (type, scheme) }
        guard !name.isEmpty, name.utf8.count <= 24, name.unicodeScalars.allSatisfy(isSchemeCharacter) else {
            throw URLProblem("begins with no scheme; \(knownSchemes)")
        }
        if Self.laterSchemes.contains(name) { throw URLProblem("`\(name)://` is not built in yet; \(knownSchemes)") }
        let hint = NearMiss.hint(
            for: String(name.prefix { $0 != "+" }),
            among: types.flatMap { $0.schemes.map(\.name) }
        )
        throw URLProblem("`\(name)://` is no scheme that is known\(hint.isEmpty ? "; \(knownSchemes)" : hint)")
    }

    /// Of protocols that a later release speaks.
    private static let laterSchemes: Set = ["mysql", "mariadb"]

    private var knownSchemes: String {
        "known are " + types.flatMap(\.schemes).map { "`\($0.name)://`" }.joined(separator: ", ")
    }

    private func items(of query: Units) throws(URLProblem) -> [ParsedURL.QueryItem] {
        var items: [ParsedURL.QueryItem] = []
        for item in query.split(whereSeparator: { $0.isWritten("&") }) {
            guard let equals = item.firstIndex(where: { $0.isWritten("=") }) else {
                throw URLProblem(
                    "its query must be options, as in `?name=value`; percent-encode a `?` of the password: %3F"
                )
            }
            let (name, value) = try (item[..<equals].decoded(), item[equals...].dropFirst().decoded())
            items.append(ParsedURL.QueryItem(name: name, value: value))
        }
        return items
    }
}

/// RFC 3986 section 3.1.
private func isSchemeCharacter(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || "+-.".unicodeScalars.contains(scalar)
}
