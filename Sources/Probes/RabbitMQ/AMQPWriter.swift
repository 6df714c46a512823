/// Puts the elementary types of AMQP 0-9-1 together (specification section 4.2.5), in network byte order.
struct AMQPWriter {
    private(set) var bytes: [UInt8] = []

    mutating func octet(_ value: UInt8) { bytes.append(value) }

    mutating func short(_ value: UInt16) { integer(value) }

    mutating func long(_ value: UInt32) { integer(value) }

    mutating func longLong(_ value: UInt64) { integer(value) }

    /// - Precondition: at most 255 bytes.
    mutating func shortString(_ text: String) {
        octet(UInt8(text.utf8.count))
        bytes += text.utf8
    }

    mutating func longString(_ value: some Collection<UInt8>) {
        long(UInt32(value.count))
        bytes += value
    }

    /// A field table, each value with the letter of its type (RabbitMQ's errata to section 4.2.1).
    mutating func table(_ fields: [(name: String, value: AMQPField)]) {
        var content = AMQPWriter()
        for (name, value) in fields {
            content.shortString(name)
            switch value {
            case .text(let text):
                content.octet(UInt8(ascii: "S"))
                content.longString(text.utf8)
            case .truth:
                content.octet(UInt8(ascii: "t"))
                content.octet(1)
            case .table(let fields):
                content.octet(UInt8(ascii: "F"))
                content.table(fields)
            }
        }
        longString(content.bytes)
    }

    private mutating func integer(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes += $0 }
    }
}

/// A value in a field table, of the types that we send.
enum AMQPField {
    case text(String)
    /// The boolean `true`.
    case truth
    case table([(name: String, value: AMQPField)])
}
