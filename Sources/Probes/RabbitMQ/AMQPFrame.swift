/// One frame of AMQP 0-9-1 (specification section 4.2.3), without its end mark.
struct AMQPFrame: Hashable, Sendable {
    /// Bytes that are no AMQP 0-9-1, or more of them than the answer to any question of ours.
    struct Malformed: Error, Hashable {
        let description: String
    }

    enum Kind: UInt8, Sendable {
        case method = 1
        case header = 2
        case body = 3
        case heartbeat = 8
    }

    /// The last byte of each frame.
    static let end: UInt8 = 0xce
    /// The largest frame that either side may send, in bytes: the least that RabbitMQ 4.1 agrees to.
    static let mostBytes = 8192
    /// What surrounds a payload: kind, channel, length, and the end mark.
    static let overhead = 8

    let kind: Kind
    let channel: UInt16
    let payload: [UInt8]

    /// As it goes over the wire.
    var bytes: [UInt8] {
        var writer = AMQPWriter()
        writer.octet(kind.rawValue)
        writer.short(channel)
        writer.longString(payload)
        writer.octet(Self.end)
        return writer.bytes
    }
}
