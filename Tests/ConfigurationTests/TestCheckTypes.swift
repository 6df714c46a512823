import Health

@testable import Configuration

/// Check types as the probes declare them, of every kind that the loader must know.
enum TestCheckTypes {
    static let all = [postgres, redis, http, tcp, command, file]

    static let postgres = CheckType(
        name: "postgres",
        schemes: [
            URLScheme("postgres", .hostOrSocket, defaultPort: 5432),
            URLScheme("postgresql", .hostOrSocket, defaultPort: 5432),
        ],
        queryNamesOptions: true,
        ignoredParameters: ["application_name", "connect_timeout"],
        options: [
            OptionSpec("password", .secret, "The password."),
            OptionSpec("sslmode", .choice(["disable", "prefer", "require", "verify-full"]), "TLS.", default: "prefer"),
            OptionSpec("role", .choice(["any", "primary", "replica"]), "The role it must have.", default: "any"),
            OptionSpec("maxLag", .duration, "The longest lag of a replica."),
            OptionSpec("query", .text, "A query."),
            OptionSpec("expect", .text, "What its first column must be."),
            OptionSpec("login", .boolean, "Whether to log in.", default: "true"),
        ],
        observables: Observables(
            kinds: [["primary", "read-write"], ["replica"]].map { $0.map(ServerRole.init) },
            lagNoise: .zero,
            obstacle: { $0.boolean("login") == false ? "login is false" : nil }
        ),
        summary: "Logs in to PostgreSQL.",
        validate: { check in
            guard check.text("expect") != nil, check.text("query") == nil else { return [] }
            return [check.diagnostic(.error, option: "expect", "needs a `query`")]
        }
    )

    static let redis = CheckType(
        name: "redis",
        schemes: [
            URLScheme("redis", .hostOrSocket, defaultPort: 6379),
            URLScheme("rediss", .host, defaultPort: 6379),
        ],
        queryNamesOptions: true,
        loneUserIsPassword: true,
        options: [
            OptionSpec("password", .secret, "The password."),
            OptionSpec("db", .integer(0...65_535), "The number of the database.", default: "0"),
            OptionSpec("cluster", .boolean, "Whether the cluster must be whole.", default: "false"),
            OptionSpec("key", .text, "A key that must exist."),
        ],
        observables: Observables(
            kinds: [[ServerRole("primary")], [ServerRole("replica")]],
            roleOptions: [],
            lagNoise: .seconds(11)
        ),
        lowestPeriod: { _ in .milliseconds(200) },
        summary: "Asks Redis for a PONG."
    )

    static let http = CheckType(
        name: "http",
        schemes: [
            URLScheme("http", defaultPort: 80), URLScheme("https", defaultPort: 443),
            URLScheme("http+unix", .socketAsHost, defaultPort: 80),
        ],
        options: [
            OptionSpec("status", .statusSet, "The statuses that pass.", default: "200-299"),
            OptionSpec("headers", .textMap, "Headers of the request."),
            OptionSpec("body", .text, "What the body must hold."),
            OptionSpec("bearerToken", .secret, "A bearer token."),
            OptionSpec("caFile", .path, "The issuer to trust."),
        ],
        summary: "Makes an HTTP request."
    )

    static let tcp = CheckType(
        name: "tcp",
        schemes: [URLScheme("tcp"), URLScheme("unix", .socketAsPath)],
        options: [
            OptionSpec("steps", .steps, "A dialogue."),
            OptionSpec("allowAbortedConnects", .boolean, "Whether port 3306 is meant.", default: "false"),
        ],
        summary: "Connects."
    )

    static let command = CheckType(
        name: "command",
        selector: .command,
        options: [OptionSpec("env", .textMap, "Its environment.")],
        summary: "Runs a program."
    )

    static let file = CheckType(
        name: "file",
        selector: .file,
        options: [
            OptionSpec("writable", .boolean, "Whether it must be writable.", default: "false"),
            OptionSpec("minFree", .size, "The least free space around it."),
        ],
        summary: "Looks at a file."
    )
}

extension ConfigurationLoader {
    /// A loader of files that are only in memory.
    static func test(_ environment: [String: String] = [:], files: [String: String] = [:]) -> ConfigurationLoader {
        ConfigurationLoader(
            types: TestCheckTypes.all,
            environment: environment,
            files: FileReader { (path, _) throws(FileReader.Failure) in
                guard let text = files[path] else { throw .notFound }
                return Array(text.utf8)
            }
        )
    }

    /// Loads one text as the file `allclear.yaml`.
    static func load(
        _ yaml: String,
        environment: [String: String] = [:],
        files: [String: String] = [:],
        arguments: CommandLineOptions = CommandLineOptions()
    ) -> (configuration: Configuration?, messages: [String]) {
        var arguments = arguments
        arguments.config = "allclear.yaml"
        let files = files.merging(["allclear.yaml": yaml]) { first, _ in first }
        let (configuration, diagnostics) = test(environment, files: files).load(arguments)
        return (configuration, diagnostics.sorted.map(\.description))
    }
}
