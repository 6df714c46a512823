/// Takes replies out of bytes as they come, however they are cut; no claim of the sender is believed before it is kept.
struct RedisReplyParser {
    /// Bytes that are no reply, or one larger than any honest answer to our questions.
    struct Malformed: Error, Hashable {
        let description: String
    }

    private static let longestLine = 1024
    private static let longestBulk = 64 * 1024
    private static let longestArray = 1024
    private static let deepest = 8
    /// Of one reply, all its elements together.
    private static let mostBytes = 128 * 1024

    private struct OpenArray {
        var missing: Int
        var elements: [RedisReply] = []
    }

    private var buffer: [UInt8] = []
    /// How much of the buffer has been taken.
    private var taken = 0
    /// How many bytes the reply at hand has used up already.
    private var size = 0
    private var arrays: [OpenArray] = []

    mutating func append(_ bytes: some Sequence<UInt8>) {
        buffer.removeFirst(taken)
        taken = 0
        buffer.append(contentsOf: bytes)
    }

    /// The next whole reply; nil until more bytes come.
    mutating func next() throws(Malformed) -> RedisReply? {
        while let element = try element() {
            if let reply = close(element) {
                size = 0
                return reply
            }
        }
        return nil
    }

    /// Puts an element where it belongs; returns the reply that is complete with it.
    private mutating func close(_ element: RedisReply) -> RedisReply? {
        var element = element
        while !arrays.isEmpty {
            arrays[arrays.count - 1].elements.append(element)
            arrays[arrays.count - 1].missing -= 1
            guard arrays[arrays.count - 1].missing == 0 else { return nil }
            element = .array(arrays.removeLast().elements)
        }
        return element
    }

    /// The next element that is no array, or an empty one; opens the arrays before it.
    private mutating func element() throws(Malformed) -> RedisReply? {
        while taken < buffer.count {
            guard let kind = Kind(rawValue: buffer[taken]) else { throw Malformed(description: "no Redis reply") }
            guard let end = try endOfLine() else { return nil }
            let line = buffer[(taken + 1)..<end]
            switch kind {
            case .simple:
                return try advance(to: end + 2, .simple(String(decoding: line, as: UTF8.self)))
            case .error:
                return try advance(to: end + 2, .error(String(decoding: line, as: UTF8.self)))
            case .integer:
                return try advance(to: end + 2, .integer(try number(line, within: Int.min...Int.max)))
            case .bulk:
                let length = try number(line, within: -1...Self.longestBulk)
                guard length >= 0 else { return try advance(to: end + 2, .bulk(nil)) }
                let start = end + 2
                guard buffer.count >= start + length + 2 else { return nil }
                guard buffer[(start + length)...].starts(with: newline) else {
                    throw Malformed(description: "a bulk string without its end")
                }
                return try advance(to: start + length + 2, .bulk(Array(buffer[start..<(start + length)])))
            case .array:
                let count = try number(line, within: -1...Self.longestArray)
                guard count > 0 else { return try advance(to: end + 2, .array(count < 0 ? nil : [])) }
                guard arrays.count < Self.deepest else { throw Malformed(description: "arrays nested too deeply") }
                _ = try advance(to: end + 2, .array(nil))
                arrays.append(OpenArray(missing: count))
            }
        }
        return nil
    }

    private enum Kind: UInt8 {
        case simple = 0x2b
        case error = 0x2d
        case integer = 0x3a
        case bulk = 0x24
        case array = 0x2a
    }

    private mutating func advance(to index: Int, _ reply: RedisReply) throws(Malformed) -> RedisReply {
        size += index - taken
        guard size <= Self.mostBytes else { throw Malformed(description: "a reply larger than any answer") }
        taken = index
        return reply
    }

    /// The index of the line's CRLF; nil until it has come.
    private func endOfLine() throws(Malformed) -> Int? {
        let line = buffer[taken...].prefix(Self.longestLine)
        guard let end = line.firstIndex(of: newline[0]) else {
            if line.count == Self.longestLine { throw Malformed(description: "a line without end") }
            return nil
        }
        guard end + 1 < buffer.count else { return nil }
        guard buffer[end + 1] == newline[1] else { throw Malformed(description: "a line without its end") }
        return end
    }

    private func number(_ digits: ArraySlice<UInt8>, within range: ClosedRange<Int>) throws(Malformed) -> Int {
        guard let number = Int(String(decoding: digits, as: UTF8.self)) else {
            throw Malformed(description: "a number that is none")
        }
        guard range.contains(number) else { throw Malformed(description: "an absurd length") }
        return number
    }
}

/// CR LF, the end of every line of the protocol.
private let newline: [UInt8] = [0x0d, 0x0a]
