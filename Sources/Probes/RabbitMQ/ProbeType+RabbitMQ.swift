internal import Configuration
internal import Transport

extension ProbeType {
    /// `amqp://` and `amqps://`: RabbitMQ, and what speaks AMQP 0-9-1 as it does.
    static let rabbitMQ = ProbeType(
        CheckType(
            name: "amqp",
            schemes: [
                URLScheme("amqp", defaultPort: 5672, spellings: ["pyamqp", "librabbitmq"]),
                URLScheme("amqps", defaultPort: 5671, spellings: ["pyamqps"]),
            ],
            queryNamesOptions: true,
            ignoredParameters: [
                "heartbeat", "connection_timeout", "channel_max", "frame_max", "connection_attempts", "retry_delay",
                "socket_timeout", "stack_timeout", "blocked_connection_timeout", "locale", "name",
            ],
            options: options,
            lowestPeriod: lowestPeriod,
            // A server that is blocked stops reading: to ask whether it is, is to spoil the connection.
            holding: { options in
                logsIn(options) && !options.contains { $0.name == "alarms" && $0.value == .boolean(true) }
                    ? .usually : .never
            },
            summary: "RabbitMQ lets the user into the virtual host, and has the queue asked for",
            validate: diagnostics
        ),
        component: .component
    ) { definition, network throws(TransportFailure) in
        let url = definition.url
        return RabbitMQProbe(
            endpoint: Endpoint(url),
            place: url.place,
            security: isSecure(url) ? try StreamSecurity(definition, url, network) : nil,
            credentials: logsIn(definition.options) ? credentials(definition, url) : nil,
            requirements: requirements(definition, url),
            network: network
        )
    }

    private static let options =
        [
            OptionSpec("user", .text, "the user to log in as", default: "the user of the URL, else '\(guest)'"),
            OptionSpec(
                "password",
                .secret,
                "the password to log in with",
                default: "the password of the URL; that of '\(guest)' is '\(guest)'"
            ),
            OptionSpec(
                "vhost",
                .text,
                "the virtual host that must exist",
                default: "the path of the URL less its first slash, else '/'"
            ),
            OptionSpec(
                "login",
                .boolean,
                "whether to log in; else it is enough that the server asks for a login, every 30 s at the most",
                default: "true"
            ),
            OptionSpec("queue", .text, "a queue that must exist"),
            OptionSpec(
                "minConsumers",
                .integer(1...Int(Int32.max)),
                "how many consumers the queue must have at least"
            ),
            OptionSpec(
                "maxDepth",
                .integer(0...Int(Int32.max)),
                "how many messages may wait in the queue, those that were delivered not counted"
            ),
            OptionSpec(
                "alarms",
                .boolean,
                "whether an alarm of memory or disk is a failure; asked by beginning to publish, and ending there",
                default: "false"
            ),
        ] + TLSOptions.specs

    /// The user that RabbitMQ begins with, and its password.
    private static let guest = "guest"

    /// The name of a virtual host or a queue, in bytes of UTF-8.
    private static let longestName = 255

    private static func isSecure(_ url: ServiceURL) -> Bool { url.scheme == "amqps" }

    private static func logsIn(_ options: [CheckDefinition.Option]) -> Bool {
        !options.contains { $0.name == "login" && $0.value == .boolean(false) }
    }

    /// Whoever goes away when asked to log in leaves three warnings in the server's log.
    @Sendable private static func lowestPeriod(_ options: [CheckDefinition.Option]) -> Duration {
        logsIn(options) ? CheckType.lowestPeriod : .seconds(30)
    }

    private static func credentials(_ definition: CheckDefinition, _ url: ServiceURL) -> RabbitMQProbe.Credentials {
        RabbitMQProbe.Credentials(
            user: definition.text("user") ?? url.user ?? guest,
            password: definition.password ?? .value(Secret(guest))
        )
    }

    private static func requirements(_ definition: CheckDefinition, _ url: ServiceURL) -> RabbitMQRequirements {
        RabbitMQRequirements(
            virtualHost: definition.text("vhost") ?? virtualHost(in: url) ?? "/",
            queue: definition.text("queue")
                .map { name in
                    RabbitMQRequirements.Queue(
                        name: name,
                        minConsumers: definition.integer("minConsumers") ?? 0,
                        maxDepth: definition.integer("maxDepth")
                    )
                },
            takesMessages: definition.boolean("alarms") ?? false
        )
    }

    /// What follows the first slash; nil where nothing does, which the RabbitMQ URI specification takes for a virtual host
    /// without a name where there is a slash, and most clients for `/`.
    private static func virtualHost(in url: ServiceURL) -> String? {
        let name = url.path.dropFirst()
        return name.isEmpty ? nil : String(name)
    }
}

// MARK: - Diagnostics

extension ProbeType {
    private static func diagnostics(_ definition: CheckDefinition) -> [Diagnostic] {
        let url = definition.url
        return TLSOptions.diagnostics(for: definition, isSecure: isSecure(url))
            + virtualHostDiagnostics(definition, url)
            + (logsIn(definition.options) ? loginDiagnostics(definition, url) : needlessOptions(definition))
    }

    private static func virtualHostDiagnostics(_ definition: CheckDefinition, _ url: ServiceURL) -> [Diagnostic] {
        let inURL = virtualHost(in: url)
        let given = definition.text("vhost")
        if let given, let inURL, given != inURL {
            return [definition.diagnostic(.error, option: "vhost", "the URL names the virtual host '\(inURL)'")]
        }
        if (given ?? inURL ?? "").utf8.count > longestName {
            return [definition.diagnostic(.error, "the name of a virtual host has at most \(longestName) bytes")]
        }
        if url.path == "/", given == nil {
            let message = "ends in a slash: the virtual host is taken to be '/'; write /%2f to be understood everywhere"
            return [definition.diagnostic(.warning, message)]
        }
        return []
    }

    private static func loginDiagnostics(_ definition: CheckDefinition, _ url: ServiceURL) -> [Diagnostic] {
        var found: [Diagnostic] = []
        let user = definition.text("user") ?? url.user
        if user != nil, definition.password == nil {
            found.append(definition.diagnostic(.error, "a user needs a password: add 'password' or 'passwordFile'"))
        }
        if user == nil, !url.isLocal {
            let message = "names no user: it logs in as '\(guest)', whom RabbitMQ lets in from its own machine only"
            found.append(definition.diagnostic(.warning, message))
        }
        if let queue = definition.text("queue") {
            if !(1...longestName).contains(queue.utf8.count) {
                let message = "the name of a queue has 1 to \(longestName) bytes"
                found.append(definition.diagnostic(.error, option: "queue", message))
            }
        } else {
            found += ["minConsumers", "maxDepth"].filter { definition.integer($0) != nil }
                .map { definition.diagnostic(.error, option: $0, "needs a queue that it judges") }
        }
        return found
    }

    private static func needlessOptions(_ definition: CheckDefinition) -> [Diagnostic] {
        ["vhost", "queue", "minConsumers", "maxDepth", "alarms"]
            .filter { name in definition.options.contains { $0.name == name } }
            .map { definition.diagnostic(.error, option: $0, "cannot be asked without logging in; login is false") }
    }
}
