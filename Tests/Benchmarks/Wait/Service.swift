import TestSupport

/// A real server, and how it is asked whether it is there.
enum Service: Sendable {
    case postgreSQL(PostgreSQLServer)
    case redis(RedisServer)

    var port: UInt16 {
        switch self {
        case .postgreSQL(let server): server.port
        case .redis(let server): server.port
        }
    }

    var url: String {
        switch self {
        case .postgreSQL:
            "postgres://\(PostgreSQLServer.superuser):\(PostgreSQLServer.superuserPassword)@127.0.0.1:\(port)/postgres"
        case .redis: "redis://127.0.0.1:\(port)"
        }
    }

    /// The question that the service's own client asks, for a shell.
    var clientQuestion: String {
        switch self {
        // Not Debian's wrapper in /usr/bin, which starts a Perl first.
        case .postgreSQL: "\(PostgreSQLServer.programs ?? "")/pg_isready -q -h 127.0.0.1 -p \(port)"
        case .redis: "redis-cli -p \(port) ping | grep -q PONG"
        }
    }

    func stop() {
        switch self {
        case .postgreSQL(let server): server.stop()
        case .redis(let server): server.stop()
        }
    }

    /// Whether a new client gets an answer to a query; blocks for as long as the server takes.
    func answers() -> Bool {
        switch self {
        case .postgreSQL(let server): (try? Self.postgreSQLAnswers(server)) ?? false
        case .redis: (try? redisAnswers()) ?? false
        }
    }

    private func redisAnswers() throws -> Bool {
        let socket = try PlainSocket.connect(to: .loopback(port))
        try socket.write(Array("PING\r\n".utf8))
        return try socket.read(within: .seconds(5)).starts(with: "+PONG".utf8)
    }

    /// Logs in and has a query answered (protocol 3.0); the unix socket asks for no password.
    private static func postgreSQLAnswers(_ server: PostgreSQLServer) throws -> Bool {
        let socket = try PlainSocket.connect(to: .unix(path: "\(server.socketFolder)/.s.PGSQL.\(server.port)"))
        var parameters: [UInt8] = []
        for word in ["user", PostgreSQLServer.superuser, "database", "postgres", ""] {
            parameters += Array(word.utf8) + [0]
        }
        try socket.write(length(of: parameters, plus: 8) + [0, 3, 0, 0] + parameters)
        let query = Array("SELECT 1\0".utf8)
        var buffer: [UInt8] = []
        while true {
            let bytes = try socket.read(within: .seconds(5))
            guard !bytes.isEmpty else { return false }
            buffer += bytes
            while buffer.count >= 5 {
                let end = 1 + buffer[1..<5].reduce(0) { $0 << 8 | Int($1) }
                guard buffer.count >= end else { break }
                switch buffer[0] {
                case UInt8(ascii: "E"): return false
                case UInt8(ascii: "Z"): try socket.write([UInt8(ascii: "Q")] + length(of: query, plus: 4) + query)
                case UInt8(ascii: "D"): return true
                default: break
                }
                buffer.removeFirst(end)
            }
        }
    }

    private static func length(of bytes: [UInt8], plus more: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: (bytes.count + more) >> (24 - 8 * $0)) }
    }
}
