/// A value of JSON (RFC 8259).
enum JSONValue: Hashable {
    case null
    case boolean(Bool)
    /// As it was written, so that nothing of a large one is lost.
    case number(String)
    case string(String)
    case array([JSONValue])
    /// Of a repeated name the last.
    case object([String: JSONValue])

    /// A scalar as text; nil for what holds other values.
    var text: String? {
        switch self {
        case .null: "null"
        case .boolean(let flag): flag ? "true" : "false"
        case .number(let text), .string(let text): text
        case .array, .object: nil
        }
    }
}
