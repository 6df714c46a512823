/// Takes the elementary types of AMQP 0-9-1 out of one payload; believes no length before the bytes are there.
struct AMQPReader {
    private var rest: ArraySlice<UInt8>

    init(_ payload: [UInt8]) { rest = payload[...] }

    mutating func octet() throws(AMQPFrame.Malformed) -> UInt8 { try integer() }

    mutating func short() throws(AMQPFrame.Malformed) -> UInt16 { try integer() }

    mutating func long() throws(AMQPFrame.Malformed) -> UInt32 { try integer() }

    mutating func shortString() throws(AMQPFrame.Malformed) -> String {
        String(decoding: try take(Int(try octet())), as: UTF8.self)
    }

    /// Also a field table, whose content nobody here needs.
    mutating func longString() throws(AMQPFrame.Malformed) -> String {
        String(decoding: try take(Int(try long())), as: UTF8.self)
    }

    private mutating func integer<Integer: FixedWidthInteger>() throws(AMQPFrame.Malformed) -> Integer {
        try take(Integer.bitWidth / 8).reduce(0) { $0 << 8 | Integer($1) }
    }

    private mutating func take(_ count: Int) throws(AMQPFrame.Malformed) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw AMQPFrame.Malformed(description: "a method that is cut short") }
        defer { rest.removeFirst(count) }
        return rest.prefix(count)
    }
}
