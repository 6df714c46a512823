/// What a server may tell us, as far as we ask (AMQP 0-9-1 reference, section 1; RabbitMQ's `connection.blocked`).
enum AMQPMethod: Hashable {
    /// The names of the ways to log in, separated by spaces.
    case start(mechanisms: String)
    case secure
    case tune(AMQPLimits)
    case openOk
    /// It ends the connection.
    case close(Reason)
    case closeOk
    /// It takes no more messages; RabbitMQ's own, with what it lacks.
    case blocked(String)
    case unblocked
    case channelOpenOk
    /// It ends the channel.
    case channelClose(Reason)
    case declareOk(messages: UInt32, consumers: UInt32)
    case qosOk
    case other

    /// Why something ends: a reply code and a text in English.
    struct Reason: Hashable {
        let code: UInt16
        let text: String

        /// `530 NOT_ALLOWED - vhost nope not found`.
        var word: String { "\(code) \(text)" }
    }

    /// - Throws: where its arguments are cut short.
    init(_ payload: [UInt8]) throws(AMQPFrame.Malformed) {
        var reader = AMQPReader(payload)
        switch try (reader.short(), reader.short()) {
        case (10, 10):
            guard try (reader.octet(), reader.octet()) == (0, 9) else {
                throw AMQPFrame.Malformed(description: "a version of AMQP that is not 0-9")
            }
            _ = try reader.longString()
            self = .start(mechanisms: try reader.longString())
        case (10, 20): self = .secure
        case (10, 30):
            _ = try reader.short()
            self = .tune(AMQPLimits(frame: try reader.long(), heartbeat: try reader.short()))
        case (10, 41): self = .openOk
        case (10, 50): self = .close(try Reason(&reader))
        case (10, 51): self = .closeOk
        case (10, 60): self = .blocked(try reader.shortString())
        case (10, 61): self = .unblocked
        case (20, 11): self = .channelOpenOk
        case (20, 40): self = .channelClose(try Reason(&reader))
        case (50, 11):
            _ = try reader.shortString()
            self = .declareOk(messages: try reader.long(), consumers: try reader.long())
        case (60, 11): self = .qosOk
        default: self = .other
        }
    }
}

extension AMQPMethod.Reason {
    fileprivate init(_ reader: inout AMQPReader) throws(AMQPFrame.Malformed) {
        self.init(code: try reader.short(), text: try reader.shortString())
    }
}
