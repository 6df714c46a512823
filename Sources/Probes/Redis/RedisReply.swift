/// One reply of a Redis server (RESP2, redis.io/docs/reference/protocol-spec).
enum RedisReply: Hashable, Sendable {
    case simple(String)
    /// The line after the `-`; its first word is the kind of error.
    case error(String)
    case integer(Int)
    /// Nil for the null reply.
    case bulk([UInt8]?)
    case array([RedisReply]?)

    /// The text of a simple or bulk reply.
    var text: String? {
        switch self {
        case .simple(let text): text
        case .bulk(let bytes?): String(decoding: bytes, as: UTF8.self)
        default: nil
        }
    }
}
