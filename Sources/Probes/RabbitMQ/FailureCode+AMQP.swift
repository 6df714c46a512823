internal import Health

extension FailureCode {
    /// Why a server ends the connection (AMQP 0-9-1 reference, section 1.1).
    ///
    /// For 530 the text decides: RabbitMQ has one code for three reasons, and no language but English.
    init(closing reason: AMQPMethod.Reason, at stage: Stage) {
        switch reason.code {
        case 320: self.init(stage, .stopping)
        case 402: self.init(stage, .notFound)
        case 403: self.init(stage, .denied)
        case 506: self.init(stage, .overloaded)
        case 530 where reason.text.hasSuffix(" not found"): self.init(stage, .notFound)
        case 530 where reason.text.contains(" reached"): self.init(stage, .overloaded)
        case 530: self.init(stage, .denied)
        // A virtual host that is down, for instance.
        case 541: self.init(stage, .starting)
        default: self.init(stage, .unexpected)
        }
    }

    /// Why a server ends the channel, which only a question about a queue makes it do.
    init(closingChannel reason: AMQPMethod.Reason) {
        switch reason.code {
        case 404: self.init(.assert, .notFound)
        // No right to it, or another connection has it for itself.
        case 403, 405: self.init(.exchange, .denied)
        default: self.init(.exchange, .unexpected)
        }
    }
}
