/// What a RabbitMQ server must have, besides letting us in.
struct RabbitMQRequirements: Hashable, Sendable {
    var virtualHost = "/"
    /// A queue that must exist.
    var queue: Queue?
    /// Whether the server must take messages: no alarm of memory or disk.
    var takesMessages = false

    struct Queue: Hashable, Sendable {
        let name: String
        var minConsumers = 0
        /// Messages that wait to be delivered; nil for any number.
        var maxDepth: Int?
    }
}
