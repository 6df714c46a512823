internal import Configuration
internal import Health
internal import Transport

extension ProbeType {
    /// `redis://` and `rediss://`: Redis, Valkey and what speaks their protocol.
    static let redis = ProbeType(
        CheckType(
            name: "redis",
            schemes: [
                URLScheme("redis", defaultPort: 6379),
                URLScheme("rediss", defaultPort: 6379),
                URLScheme("valkey", defaultPort: 6379),
                URLScheme("valkeys", defaultPort: 6379),
                URLScheme("redis+socket", .socketAsPath),
            ],
            queryNamesOptions: true,
            loneUserIsPassword: true,
            options: options,
            observables: Observables(
                kinds: RedisRequirements.Role.allCases.filter { $0 != .any }.map { [ServerRole($0.rawValue)] },
                lagNoise: heartbeat,
                obstacle: { $0.boolean("login") == false ? "login is false" : nil }
            ),
            holding: { _ in .usually },
            summary: "Redis or Valkey answers PING, is not loading, and has the role, key and slots asked for",
            validate: diagnostics
        ),
        component: .datastore
    ) { definition, network throws(TransportFailure) in
        let url = definition.url
        let user = definition.text("user") ?? url.user
        return RedisProbe(
            endpoint: Endpoint(url),
            place: url.place,
            security: isSecure(url) ? try StreamSecurity(definition, url, network) : nil,
            user: user == "default" ? nil : user,
            password: definition.boolean("login") == false ? nil : definition.password,
            requirements: requirements(definition, url),
            network: network
        )
    }

    /// An idle primary speaks to its replicas every 10 s, and they count whole seconds.
    private static let heartbeat = Duration.seconds(11)

    private static let options =
        [
            OptionSpec("user", .text, "the ACL user to log in as", default: "the user of the URL, else 'default'"),
            OptionSpec("password", .secret, "the password to log in with", default: "the password of the URL"),
            OptionSpec(
                "login",
                .boolean,
                "whether to log in; else it is enough that a server with a password, which may still be loading, asks for it",
                default: "true"
            ),
            OptionSpec(
                "db",
                .integer(0...Int(Int32.max)),
                "the number of the database that must exist",
                default: "the number in the URL's path, else 0"
            ),
            OptionSpec(
                "role",
                .choice(RedisRequirements.Role.allCases.map(\.rawValue)),
                "what the server must be; a primary must also accept writes",
                default: "any"
            ),
            OptionSpec(
                "maxLag",
                .duration,
                "how long ago a replica may have heard of its primary, which speaks every 10 s at least"
            ),
            OptionSpec("key", .text, "a key that must exist"),
            OptionSpec(
                "cluster",
                .boolean,
                "whether the server must belong to a cluster that serves all slots",
                default: "false"
            ),
        ] + TLSOptions.specs

    private static func isSecure(_ url: ServiceURL) -> Bool {
        url.scheme == "rediss" || url.scheme == "valkeys"
    }

    private static func requirements(_ definition: CheckDefinition, _ url: ServiceURL) -> RedisRequirements {
        RedisRequirements(
            logsIn: definition.boolean("login") ?? true,
            role: definition.text("role").flatMap(RedisRequirements.Role.init(rawValue:)) ?? .any,
            maxLag: definition.duration("maxLag"),
            observed: definition.observed,
            key: definition.text("key"),
            cluster: definition.boolean("cluster") ?? false,
            database: definition.integer("db") ?? database(in: url) ?? 0
        )
    }

    /// The number in `redis://host/2`; nil where there is none.
    private static func database(in url: ServiceURL) -> Int? {
        url.socketPath == nil ? Int(url.path.dropFirst()) : nil
    }

    private static func diagnostics(_ definition: CheckDefinition) -> [Diagnostic] {
        let url = definition.url
        var found = TLSOptions.diagnostics(for: definition, isSecure: isSecure(url))
        if url.socketPath == nil, !url.path.dropFirst().isEmpty {
            guard let number = database(in: url), number >= 0 else {
                found.append(
                    definition.diagnostic(.error, "the path of a Redis URL is the number of a database, as /2")
                )
                return found
            }
            if let other = definition.integer("db"), other != number {
                found.append(definition.diagnostic(.error, option: "db", "the URL names database \(number)"))
            }
        }
        if definition.boolean("login") == false {
            found += ["role", "maxLag", "key", "cluster", "db"]
                .filter { name in definition.options.contains { $0.name == name } }
                .map { definition.diagnostic(.error, option: $0, "cannot be asked without logging in; login is false") }
        } else if definition.text("user") ?? url.user != nil, definition.password == nil {
            found.append(definition.diagnostic(.error, "a user needs a password: add 'password' or 'passwordFile'"))
        }
        let wanted = requirements(definition, url)
        if wanted.maxLag != nil, wanted.role == .primary {
            found.append(definition.diagnostic(.error, option: "maxLag", "only a replica can lag; role is primary"))
        }
        if let maxLag = wanted.maxLag, maxLag < heartbeat {
            let message =
                "an idle primary speaks to its replicas every 10 s, so that a replica may seem to lag by as much"
            found.append(definition.diagnostic(.warning, option: "maxLag", message))
        }
        return found
    }
}
