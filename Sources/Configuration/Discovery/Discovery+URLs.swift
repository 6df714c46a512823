extension Discovery {
    /// Variables that hold the URL of a database or a broker wherever they are set, in the order of the contract.
    private static let wellKnownVariables = [
        "DATABASE_URL", "REDIS_URL", "AMQP_URL", "RABBITMQ_URL", "CLOUDAMQP_URL", "CELERY_BROKER_URL", "MONGODB_URL",
    ]

    private static let suffix = "_URL"

    /// Schemes of databases and brokers that are not built in, of which one line is said wherever they are met.
    private static let foreignSchemes: Set = [
        "bolt", "cassandra", "clickhouse", "couchbase", "couchdb", "etcd", "influxdb", "kafka", "mariadb", "memcache",
        "memcached", "mongodb", "mqtt", "mqtts", "mssql", "mysql", "mysql2", "nats", "neo4j", "oracle", "pulsar",
        "redis+cluster", "redis+sentinel", "rediss+sentinel", "sentinel", "sqlserver", "sqs", "stomp",
    ]

    /// The checks whose URL a variable holds, or the file that its `_FILE` names.
    mutating func urls() -> [Found] {
        let others = environment.names
            .map { name in
                let isFile = name.hasSuffix(Self.suffix + DiscoveryEnvironment.fileSuffix)
                return isFile ? String(name.dropLast(DiscoveryEnvironment.fileSuffix.count)) : name
            }
            .filter { name in
                name.hasSuffix(Self.suffix) && !name.hasPrefix(OwnVariables.prefix) && Template.isName(name)
                    && !environment.isForeign(name) && !Self.wellKnownVariables.contains(name)
            }
        var seen: Set<String> = []
        return (Self.wellKnownVariables + others).filter { seen.insert($0).inserted }.compactMap { url($0) }
    }

    private mutating func url(_ name: String) -> Found? {
        guard let value = environment.valueOrFile(name) else { return nil }
        let isWellKnown = Self.wellKnownVariables.contains(name)
        guard let text = value.text else {
            // Of one that may be anything nothing can be said.
            return isWellKnown ? found(name, value.variable, nil) : nil
        }
        guard let mark = text.firstRange(of: "://") else {
            if isWellKnown { leaveOut(value.variable, "it holds no URL") }
            return nil
        }
        let scheme = text[..<mark.lowerBound].lowercased()
        let parser = URLParser(types: types)
        guard let type = parser.match(scheme)?.type,
            WellKnownService.all.contains(where: { type.answers(to: $0.scheme) })
        else {
            let isForeign = Self.foreignSchemes.contains(scheme) || Self.foreignSchemes.contains(base(of: scheme))
            if isWellKnown || isForeign { leaveOut(value.variable, reason(scheme)) }
            return nil
        }
        let outside = try? OutsideURL(text)
        let url = outside.flatMap { outside in
            try? parser.parse(Expansion(pieces: [.written(outside.url)], isQuotable: false)).url
        }
        return found(name, value.variable, url.map { Place($0, type) })
    }

    private func found(_ name: String, _ variable: String, _ place: Place?) -> Found {
        let stem = name.dropLast(Self.suffix.count).lowercased().replacing("_", with: "-")
        let check = DiscoveredCheck(name: stem, [DiscoveredCheck.Setting("url", variable: name)], from: [variable])
        return Found(check: check, place: place)
    }

    /// Without the library's name behind it, or JDBC's before it.
    private func base(of scheme: String) -> String {
        let name = scheme.hasPrefix("jdbc:") ? scheme.dropFirst("jdbc:".count) : scheme[...]
        return String(name.prefix { $0 != "+" })
    }

    private func reason(_ scheme: String) -> String {
        let isScheme =
            scheme.utf8.count <= 32
            && scheme.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.:".contains($0)) }
        guard isScheme else { return "it holds no URL" }
        return ["http", "https"].contains(scheme)
            ? "`\(scheme)://` is neither a database's nor a broker's" : "`\(scheme)://` is not built in"
    }
}

extension Discovery.Place {
    fileprivate init(_ url: ServiceURL, _ type: CheckType) {
        let path = url.path.drop { $0 == "/" }
        let user = url.user ?? ""
        // Redis' first database, and who has none of his own in PostgreSQL.
        let database = path == "0" ? "" : path.isEmpty ? user : String(path)
        let host = url.socketPath ?? (url.others.isEmpty ? url.host : url.place)
        self.init(type: type.name, host: host, port: url.port ?? 0, login: "\(user)/\(database)")
    }
}
