internal import Configuration
internal import Postgres
internal import Transport

extension ProbeType {
    /// `postgres://`: PostgreSQL, what speaks its protocol, and poolers before it.
    static let postgreSQL = ProbeType(
        CheckType(
            name: "postgres",
            schemes: [
                URLScheme(
                    "postgres",
                    .hostOrSocket,
                    defaultPort: 5432,
                    spellings: ["postgis", "pgsql", "psql"],
                    takesLibrary: true
                ),
                URLScheme(
                    "postgresql",
                    .hostOrSocket,
                    defaultPort: 5432,
                    spellings: ["jdbc:postgresql"],
                    takesLibrary: true
                ),
            ],
            queryNamesOptions: true,
            ignoredParameters: [
                "application_name", "fallback_application_name", "connect_timeout", "client_encoding", "gssencmode",
                "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout",
                "channel_binding", "connection_limit", "pool_timeout", "pgbouncer", "schema", "serverVersion",
                "charset",
            ],
            takesSeveralHosts: true,
            options: options,
            observables: Observables(
                kinds: [(false, false), (false, true), (true, false)].map(PostgreSQLRole.words),
                roleOptions: ["role", "target_session_attrs"],
                lagNoise: .zero,
                obstacle: { $0.boolean("login") == false ? "login is false" : nil }
            ),
            holding: { options in
                options.contains { $0.name == "login" && $0.value == .boolean(false) } ? .never : .usually
            },
            summary: "PostgreSQL lets the user in, is ready for a query, and has the role, lag and value asked for",
            validate: postgreSQLDiagnostics
        ),
        component: .datastore
    ) { definition, network throws(TransportFailure) in
        try Connection.prepare()
        let url = definition.url
        let requirements = requirements(definition)
        let isFull = definition.boolean("login") ?? true
        return PostgreSQLProbe(
            endpoint: Endpoint(url),
            place: requirements.role == .any ? url.place : "\(requirements.role.rawValue) \(url.place)",
            parameters: parameters(definition, url),
            password: isFull ? definition.password : nil,
            depth: isFull ? .full(requirements) : .asksForLogin,
            network: network
        )
    }

    private static let options = [
        OptionSpec("user", .text, "the role to log in as", default: "the user of the URL, else 'postgres'"),
        OptionSpec("password", .secret, "the password to log in with", default: "the password of the URL"),
        OptionSpec("database", .text, "the database that must exist", default: "the path of the URL, else the user"),
        OptionSpec(
            "login",
            .boolean,
            "whether to log in; else it is enough that the server, past starting, asks for a login",
            default: "true"
        ),
        OptionSpec(
            "role",
            .choice(PostgreSQLRole.allCases.map(\.rawValue)),
            "what the server must be in its cluster, asked by SQL",
            default: "any"
        ),
        OptionSpec(
            "target_session_attrs",
            .choice(["any", "read-write", "read-only", "primary", "standby"]),
            "libpq's spelling of role"
        ),
        OptionSpec("maxLag", .duration, "how far a replica may be behind; one that hears of no primary is broken"),
        OptionSpec("query", .text, "a statement that must give a row; it is read-only and stopped at the time-out"),
        OptionSpec(
            "expect",
            .text,
            "what the first column of the query's first row must be: '80', '>= 80', '~ REGEX', 'not empty'"
        ),
        OptionSpec(
            "sslmode",
            .choice(LoginParameters.TLSMode.allCases.map(\.rawValue)),
            "as libpq knows it; 'require' verifies only where sslrootcert is given",
            default: "prefer"
        ),
        OptionSpec(
            "sslrootcert",
            .path,
            "a PEM file with the issuers to trust",
            default: "the system's issuers where sslmode verifies"
        ),
        OptionSpec("sslcert", .path, "a PEM file with our certificate"),
        OptionSpec("sslkey", .path, "a PEM file with its key, which nobody else may read"),
        OptionSpec("applicationName", .text, "what pg_stat_activity shows", default: "allclear"),
    ]

    private static func requirements(_ definition: CheckDefinition) -> PostgreSQLRequirements {
        PostgreSQLRequirements(
            role: (definition.text("role") ?? definition.text("target_session_attrs"))
                .flatMap(PostgreSQLRole.init(rawValue:)) ?? .any,
            maxLag: definition.duration("maxLag"),
            observed: definition.observed,
            query: definition.text("query"),
            expectation: definition.text("expect").flatMap { try? Expectation($0) }
        )
    }

    private static func parameters(_ definition: CheckDefinition, _ url: ServiceURL) -> LoginParameters {
        let user = definition.text("user") ?? url.user ?? "postgres"
        let path = url.socketPath == url.path ? "" : String(url.path.drop { $0 == "/" })
        var parameters = LoginParameters(
            serverName: url.host,
            socketPort: UInt16(clamping: url.port ?? 5432),
            user: user,
            database: definition.text("database") ?? (path.isEmpty ? user : path)
        )
        parameters.tlsMode = definition.text("sslmode").flatMap(LoginParameters.TLSMode.init(rawValue:))
        parameters.rootCertificate = definition.text("sslrootcert")
        parameters.certificate = definition.text("sslcert")
        parameters.key = definition.text("sslkey")
        if let name = definition.text("applicationName") { parameters.applicationName = name }
        return parameters
    }
}
