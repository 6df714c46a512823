@testable import Configuration

/// Check types with the options that discovery gives, named as the probes name them.
enum DiscoveryCheckTypes {
    static let all = [postgres, redis, amqp, TestCheckTypes.http, TestCheckTypes.tcp]

    private static let credentials = [
        OptionSpec("user", .text, "The user."),
        OptionSpec("password", .secret, "The password."),
        OptionSpec("login", .boolean, "Whether to log in.", default: "true"),
    ]

    private static let postgres = CheckType(
        name: "postgres",
        schemes: [
            URLScheme("postgres", .hostOrSocket, defaultPort: 5432, spellings: ["postgis"], takesLibrary: true),
            URLScheme(
                "postgresql",
                .hostOrSocket,
                defaultPort: 5432,
                spellings: ["jdbc:postgresql"],
                takesLibrary: true
            ),
        ],
        queryNamesOptions: true,
        takesSeveralHosts: true,
        options: credentials + [
            OptionSpec("database", .text, "The database."),
            OptionSpec("sslmode", .choice(["disable", "prefer", "require", "verify-full"]), "TLS.", default: "prefer"),
            OptionSpec("sslrootcert", .path, "The issuer."),
            OptionSpec("target_session_attrs", .choice(["any", "primary"]), "The role."),
        ],
        summary: "Logs in to PostgreSQL."
    )

    private static let redis = CheckType(
        name: "redis",
        schemes: [URLScheme("redis", defaultPort: 6379), URLScheme("rediss", defaultPort: 6379)],
        queryNamesOptions: true,
        loneUserIsPassword: true,
        options: credentials,
        summary: "Asks Redis for a PONG."
    )

    private static let amqp = CheckType(
        name: "amqp",
        schemes: [
            URLScheme("amqp", defaultPort: 5672, spellings: ["pyamqp"]), URLScheme("amqps", defaultPort: 5671),
        ],
        queryNamesOptions: true,
        options: credentials + [OptionSpec("vhost", .text, "The virtual host.")],
        summary: "Logs in to RabbitMQ."
    )
}

extension ConfigurationLoader {
    /// A loader of the types that discovery knows.
    static func discovering(_ environment: [String: String], files: [String: String] = [:]) -> ConfigurationLoader {
        ConfigurationLoader(
            types: DiscoveryCheckTypes.all,
            environment: environment,
            files: FileReader { (path, _) throws(FileReader.Failure) in
                guard let text = files[path] else { throw .notFound }
                return Array(text.utf8)
            }
        )
    }

    /// What `discover` finds, a line for each: `name key=value …`, or all that is wrong.
    func found(_ sources: String? = nil) -> (checks: [String], messages: [String]) {
        let (checks, diagnostics) = discover(sources)
        let lines = (checks ?? [])
            .map { check in
                ([check.name] + check.settings.map { "\($0.key)=\($0.value)" }).joined(separator: " ")
            }
        return (lines, diagnostics.sorted.map(\.description))
    }
}
