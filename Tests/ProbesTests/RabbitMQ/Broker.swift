@testable import Probes

/// What a server of AMQP 0-9-1 says.
enum Broker {
    static func start(_ mechanisms: String = "AMQPLAIN PLAIN", version: (UInt8, UInt8) = (0, 9)) -> AMQPFrame {
        .method(10, 10) { arguments in
            arguments.octet(version.0)
            arguments.octet(version.1)
            arguments.table([("product", .text("RabbitMQ")), ("capabilities", .table([("basic.nack", .truth)]))])
            arguments.longString(mechanisms.utf8)
            arguments.longString("en_US".utf8)
        }
    }

    static func tune(frame: UInt32 = 131_072, heartbeat: UInt16 = 60) -> AMQPFrame {
        .method(10, 30) { arguments in
            arguments.short(2047)
            arguments.long(frame)
            arguments.short(heartbeat)
        }
    }

    static let openOk = AMQPFrame.method(10, 41) { $0.shortString("") }

    static let channelOpenOk = AMQPFrame.method(20, 11, channel: 1) { $0.longString("".utf8) }

    static func declareOk(messages: UInt32 = 0, consumers: UInt32 = 0) -> AMQPFrame {
        .method(50, 11, channel: 1) { arguments in
            arguments.shortString("orders")
            arguments.long(messages)
            arguments.long(consumers)
        }
    }

    static func close(_ code: UInt16, _ text: String) -> AMQPFrame { .method(10, 50) { write(code, text, &$0) } }

    static func channelClose(_ code: UInt16, _ text: String) -> AMQPFrame {
        .method(20, 40, channel: 1) { write(code, text, &$0) }
    }

    static func blocked(_ reason: String) -> AMQPFrame { .method(10, 60) { $0.shortString(reason) } }

    static let unblocked = AMQPFrame.method(10, 61) { _ in }

    private static func write(_ code: UInt16, _ text: String, _ arguments: inout AMQPWriter) {
        arguments.short(code)
        arguments.shortString(text)
        arguments.long(0)
    }
}
