/// Takes frames out of bytes as they come, however they are cut; no claim of the sender is believed before it is kept.
struct AMQPFrameParser {
    private var buffer: [UInt8] = []
    /// How much of the buffer has been taken.
    private var taken = 0
    private var isFirst = true

    mutating func append(_ bytes: some Sequence<UInt8>) {
        buffer.removeFirst(taken)
        taken = 0
        buffer.append(contentsOf: bytes)
    }

    /// The next whole frame; nil until more bytes come.
    mutating func next() throws(AMQPFrame.Malformed) -> AMQPFrame? {
        let bytes = buffer[taken...]
        guard let first = bytes.first else { return nil }
        if isFirst, try isProtocolHeader(bytes) { return nil }
        guard let kind = AMQPFrame.Kind(rawValue: first) else {
            throw AMQPFrame.Malformed(description: "no AMQP frame")
        }
        guard bytes.count >= AMQPFrame.overhead else { return nil }
        var head = AMQPReader(Array(bytes.dropFirst().prefix(6)))
        let (channel, size) = (try head.short(), Int(try head.long()))
        guard size <= AMQPFrame.mostBytes - AMQPFrame.overhead else {
            throw AMQPFrame.Malformed(description: "a frame of \(size) bytes")
        }
        guard bytes.count >= size + AMQPFrame.overhead else { return nil }
        let payload = bytes.dropFirst(AMQPFrame.overhead - 1).prefix(size)
        guard bytes[payload.endIndex] == AMQPFrame.end else {
            throw AMQPFrame.Malformed(description: "a frame without its end")
        }
        taken += size + AMQPFrame.overhead
        isFirst = false
        return AMQPFrame(kind: kind, channel: channel, payload: Array(payload))
    }

    /// Whether this may become the header by which a server names the one version that it speaks; throws when it is whole.
    private func isProtocolHeader(_ bytes: ArraySlice<UInt8>) throws(AMQPFrame.Malformed) -> Bool {
        let name = Array("AMQP".utf8)
        guard bytes.prefix(name.count).elementsEqual(name.prefix(bytes.count)) else { return false }
        guard bytes.count >= 8 else { return true }
        let version = bytes.dropFirst(name.count).prefix(4).map(String.init).joined(separator: " ")
        throw AMQPFrame.Malformed(description: "the server wants another protocol: AMQP \(version)")
    }
}
