/// The server's side of PostgreSQL's protocol 3.0, as much of it as scripts need (PostgreSQL 15 manual, chapter 55).
struct PostgreSQLBackend {
    private let conversation: Conversation

    init(_ conversation: Conversation) { self.conversation = conversation }

    /// Takes the client's startup packet, after saying no to encryption.
    func startup() throws {
        while true {
            let length = Self.number(try conversation.expect(count: 4))
            let body = try conversation.expect(count: max(length - 4, 0))
            switch Self.number(Array(body.prefix(4))) {
            case 80_877_103, 80_877_104: try conversation.send("N")
            default: return
            }
        }
    }

    /// Lets the client in.
    func login(parameters: [String: String] = [:]) throws {
        try startup()
        let standing = [
            "server_version": "15.20", "server_encoding": "UTF8", "client_encoding": "UTF8", "in_hot_standby": "off",
            "default_transaction_read_only": "off", "standard_conforming_strings": "on", "integer_datetimes": "on",
        ]
        var bytes = Self.message("R", [0, 0, 0, 0])
        for (name, value) in standing.merging(parameters, uniquingKeysWith: { $1 }).sorted(by: { $0.key < $1.key }) {
            bytes += Self.message("S", Self.text(name) + Self.text(value))
        }
        bytes += Self.message("K", [0, 0, 0, 1, 0, 0, 0, 2])
        try conversation.send(bytes + Self.ready)
    }

    /// The client's next message.
    func next() throws -> (type: Character, body: [UInt8]) {
        let type = try conversation.expect(count: 1)[0]
        let length = Self.number(try conversation.expect(count: 4))
        return (Character(Unicode.Scalar(type)), try conversation.expect(count: max(length - 4, 0)))
    }

    /// Answers queries, simple and extended, until the client leaves.
    func serve(_ answer: (String) -> String?) throws {
        var prepared = ""
        while true {
            let (type, body) = try next()
            switch type {
            case "Q":
                let statements = String(decoding: body.dropLast(), as: UTF8.self).split(separator: ";")
                    .map { $0.drop(while: \.isWhitespace) }.filter { !$0.isEmpty }
                for statement in statements { try conversation.send(Self.result(of: String(statement), answer)) }
                try conversation.send(Self.ready)
            case "P":
                let words = body.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
                prepared = words.count > 1 ? String(decoding: words[1], as: UTF8.self) : ""
                try conversation.send(Self.message("1", []))
            case "B": try conversation.send(Self.message("2", []))
            case "D": try conversation.send(Self.description(answer(prepared)))
            case "E": try conversation.send(Self.rows(answer(prepared)))
            case "S": try conversation.send(Self.ready)
            case "X": return
            default: break
            }
        }
    }

    static let ready = message("Z", [UInt8(ascii: "I")])

    static func message(_ type: Character, _ body: [UInt8]) -> [UInt8] {
        [type.asciiValue ?? 0] + bytes(body.count + 4, 4) + body
    }

    /// ErrorResponse, or NoticeResponse with type `N`.
    static func error(_ sqlState: String, _ text: String, severity: String, type: Character = "E") -> [UInt8] {
        let fields = ["S\(severity)", "V\(severity)", "C\(sqlState)", "M\(text)"].flatMap { Self.text($0) }
        return message(type, fields + [0])
    }

    private static func result(of statement: String, _ answer: (String) -> String?) -> [UInt8] {
        let word = statement.prefix { $0.isLetter }.uppercased()
        guard !["BEGIN", "COMMIT", "ROLLBACK", "SET", "RESET", "START", "DISCARD"].contains(word) else {
            return message("C", text(word))
        }
        let value = answer(statement)
        return description(value) + rows(value)
    }

    private static func description(_ value: String?) -> [UInt8] {
        // One column of type text (OID 25) in text format.
        message(
            "T",
            [0, 1] + text("value") + [0, 0, 0, 0, 0, 0, 0, 0, 0, 25, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0]
        )
    }

    private static func rows(_ value: String?) -> [UInt8] {
        guard let value else { return message("C", text("SELECT 0")) }
        return message("D", [0, 1] + bytes(value.utf8.count, 4) + Array(value.utf8)) + message("C", text("SELECT 1"))
    }

    private static func text(_ text: String) -> [UInt8] { Array(text.utf8) + [0] }

    private static func bytes(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
    }

    private static func number(_ bytes: [UInt8]) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
}
