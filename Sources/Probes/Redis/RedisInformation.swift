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

    /// How long ago a replica has heard of its primary, zero for a primary; nil where the server cannot tell.
    var lag: Duration? {
        switch RedisRequirements.Role(serverWord: self["role"]) {
        case .primary: return .zero
        case .replica where self["master_link_status"] == "up" && self["master_sync_in_progress"] != "1":
            return self["master_last_io_seconds_ago"].flatMap { Int($0) }.flatMap { $0 >= 0 ? .seconds($0) : nil }
        default: return nil
        }
    }
}
