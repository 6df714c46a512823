/// Looks at plain `tcp://` checks on ports where a server would rather be asked in its own protocol.
enum DatabasePorts {
    private static let typeName = "tcp"
    private static let allowAbortedConnects = "allowAbortedConnects"

    /// Servers that accept connections long before they can answer, by their registered port.
    private static let servers: [Int: (name: String, scheme: String)] = [
        1433: ("SQL Server", "sqlserver"),
        4222: ("NATS", "nats"),
        5432: ("PostgreSQL", "postgres"),
        5671: ("RabbitMQ", "amqps"),
        5672: ("RabbitMQ", "amqp"),
        6379: ("Redis", "redis"),
        9092: ("Kafka", "kafka"),
        11211: ("memcached", "memcached"),
        27017: ("MongoDB", "mongodb"),
    ]

    static func lint(_ definition: CheckDefinition, types: [CheckType]) -> [Diagnostic] {
        guard definition.type.name == typeName, case .url(let url) = definition.target, let port = url.port else {
            return []
        }
        if port == 3306 { return aborted(definition) }
        // A dialogue of the user's own asks more than whether the port is open.
        let hasDialogue = definition.options.contains { if case .steps = $0.value { true } else { false } }
        guard !hasDialogue, let server = servers[port] else { return [] }
        let isKnown = types.contains { $0.schemes.contains { $0.name == server.scheme } }
        let advice = isKnown ? "; `\(server.scheme)://` asks it whether it is ready" : ""
        return [
            definition.diagnostic(
                .warning,
                option: "url",
                "port \(port) is \(server.name)'s, and an open port says little: a server that starts, recovers or hangs accepts connections too\(advice)"
            )
        ]
    }

    /// MySQL counts each connection that ends without a login against the host, and bans it (CONTRACT section 3).
    private static func aborted(_ definition: CheckDefinition) -> [Diagnostic] {
        let isAllowed = definition.options.contains { $0.name == allowAbortedConnects && $0.value == .boolean(true) }
        guard !isAllowed else { return [] }
        return [
            definition.diagnostic(
                .error,
                option: "url",
                "port 3306 is MySQL's, which bans a host for connecting without a login; `allowAbortedConnects: true` insists"
            )
        ]
    }
}
