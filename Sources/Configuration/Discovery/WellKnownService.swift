/// What listens on a well-known port, and the variables by which its image is told who may log in.
struct WellKnownService: Sendable {
    /// A key of the check, and where its value is found.
    struct Credential: Sendable {
        let key: String
        /// Of the image; with `_FILE` behind it, a file that holds the value.
        let variable: String
        /// What the image takes without it, where the check would take another.
        var otherwise: String?
    }

    let port: Int
    /// Of the check's URL.
    let scheme: String
    /// The variable without which nobody logs in.
    let password: String
    /// What goes with the password.
    let others: [Credential]

    private static let rabbitMQ = [
        Credential(key: "user", variable: "RABBITMQ_DEFAULT_USER", otherwise: "guest"),
        Credential(key: "vhost", variable: "RABBITMQ_DEFAULT_VHOST"),
    ]

    /// Where several ports of one service are here, the first makes the check: RabbitMQ's image exposes the port for TLS
    /// whether somebody listens there or not.
    static let all = [
        WellKnownService(
            port: 5432,
            scheme: "postgres",
            password: "POSTGRES_PASSWORD",
            others: [
                Credential(key: "user", variable: "POSTGRES_USER", otherwise: "postgres"),
                Credential(key: "database", variable: "POSTGRES_DB"),
            ]
        ),
        WellKnownService(port: 6379, scheme: "redis", password: "REDIS_PASSWORD", others: []),
        WellKnownService(port: 5672, scheme: "amqp", password: "RABBITMQ_DEFAULT_PASS", others: rabbitMQ),
        WellKnownService(port: 5671, scheme: "amqps", password: "RABBITMQ_DEFAULT_PASS", others: rabbitMQ),
    ]

    /// MySQL bans a host that connects without a login (CONTRACT section 3).
    static let banningPort = 3306
}
