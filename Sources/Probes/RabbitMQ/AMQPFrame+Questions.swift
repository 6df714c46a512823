internal import Configuration

/// What we say to a server (AMQP 0-9-1 reference, section 1).
extension AMQPFrame {
    /// Begins every connection; no frame.
    static let protocolHeader = Array("AMQP".utf8) + [0, 0, 9, 1]

    static let heartbeat = AMQPFrame(kind: .heartbeat, channel: 0, payload: [])

    /// Logs in. Without `authentication_failure_close` a wrong password is answered by three seconds of silence and a reset;
    /// without `connection.blocked` an alarm is answered by silence.
    static func startOk(_ login: RabbitMQDialogue.Login) -> AMQPFrame {
        method(10, 11) { arguments in
            arguments.table([
                ("product", .text("allclear")), ("version", .text(Version.current)),
                ("connection_name", .text("allclear")),
                ("capabilities", .table([("authentication_failure_close", .truth), ("connection.blocked", .truth)])),
            ])
            arguments.shortString("PLAIN")
            arguments.longString("\0\(login.user)\0\(login.password)".utf8)
            arguments.shortString("en_US")
        }
    }

    static func tuneOk(_ limits: AMQPLimits) -> AMQPFrame {
        method(10, 31) { arguments in
            arguments.short(1)
            arguments.long(limits.frame)
            arguments.short(limits.heartbeat)
        }
    }

    static func open(virtualHost: String) -> AMQPFrame {
        method(10, 40) { arguments in
            arguments.shortString(virtualHost)
            arguments.shortString("")
            arguments.octet(0)
        }
    }

    static let close = method(10, 50) { arguments in
        arguments.short(200)
        arguments.shortString("")
        arguments.long(0)
    }

    static let closeOk = method(10, 51) { _ in }

    static let channelOpen = method(20, 10, channel: 1) { $0.shortString("") }

    /// Asks whether a queue is there, and changes nothing.
    static func declarePassively(_ queue: String) -> AMQPFrame {
        method(50, 10, channel: 1) { arguments in
            arguments.short(0)
            arguments.shortString(queue)
            // Bit 0: passive.
            arguments.octet(1)
            arguments.table([])
        }
    }

    /// Asks for what holds already, no limit on deliveries; that it is answered shows that the channel is served.
    static let qos = method(60, 10, channel: 1) { arguments in
        arguments.long(0)
        arguments.short(0)
        arguments.octet(0)
    }

    /// Begins a message of one byte that is never sent.
    ///
    /// RabbitMQ says that it is blocked to publishers only, and takes us for one by the header alone. Nothing is ever published,
    /// and no permission is needed (tried with 3.10).
    static let messageBegun = [
        method(60, 40, channel: 1) { arguments in
            arguments.short(0)
            arguments.shortString("")
            arguments.shortString("allclear")
            arguments.octet(0)
        },
        AMQPFrame(kind: .header, channel: 1) { arguments in
            arguments.short(60)
            arguments.short(0)
            arguments.longLong(1)
            arguments.short(0)
        },
    ]

    static func method(
        _ classNumber: UInt16,
        _ number: UInt16,
        channel: UInt16 = 0,
        _ write: (inout AMQPWriter) -> Void
    ) -> AMQPFrame {
        AMQPFrame(kind: .method, channel: channel) { arguments in
            arguments.short(classNumber)
            arguments.short(number)
            write(&arguments)
        }
    }

    init(kind: Kind, channel: UInt16, _ write: (inout AMQPWriter) -> Void) {
        var writer = AMQPWriter()
        write(&writer)
        self.init(kind: kind, channel: channel, payload: writer.bytes)
    }
}
