/// What `INFO` and `CLUSTER INFO` answer: lines of `name:value`, and comments.
struct RedisInformation {
    private let lines: [Substring]

    init(_ bytes: [UInt8]) {
        lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
    }

    subscript(name: String) -> String? {
        let prefix = name + ":"
        return lines.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }
}
