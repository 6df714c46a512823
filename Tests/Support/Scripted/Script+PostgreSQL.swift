/// What a client of PostgreSQL may meet; protocol 3.0, no TLS (`N` to SSLRequest and GSSENCRequest).
extension ScriptedServer.Script {
    /// All slots taken: 53300.
    package static let postgresTooMany = postgresRefusing("53300", "sorry, too many clients already")
    /// 57P03 while it starts.
    package static let postgresStarting = postgresRefusing("57P03", "the database system is starting up")
    /// 57P03 while it stops.
    package static let postgresShutdown = postgresRefusing("57P03", "the database system is shutting down")
    /// 57P03 in recovery.
    package static let postgresRecovering = postgresRefusing("57P03", "the database system is in recovery mode")
    /// 3D000, no such database.
    package static let postgresNoDatabase = postgresRefusing("3D000", "database \"nope\" does not exist")

    /// Refuses the session with a FATAL error.
    package static func postgresRefusing(_ sqlState: String, _ message: String) -> Self {
        Self("postgres \(sqlState)") { conversation in
            try PostgreSQLBackend(conversation).startup()
            try conversation.send(PostgreSQLBackend.error(sqlState, message, severity: "FATAL"))
        }
    }

    /// Asks for the password in clear text and notes `password: …` when it gets it.
    package static let postgresClearText = Self("postgresClearText") { conversation in
        let backend = PostgreSQLBackend(conversation)
        try backend.startup()
        try conversation.send(PostgreSQLBackend.message("R", [0, 0, 0, 3]))
        let (type, body) = try backend.next()
        if type == "p" { conversation.note("password: \(String(decoding: body.dropLast(), as: UTF8.self))") }
        try conversation.send(PostgreSQLBackend.error("28P01", "password authentication failed", severity: "FATAL"))
    }

    /// Lets the client in, and answers its first query with notices for ever.
    package static let postgresNoticeFlood = Self("postgresNoticeFlood") { conversation in
        let backend = PostgreSQLBackend(conversation)
        try backend.login()
        _ = try backend.next()
        let notice = PostgreSQLBackend.error("00000", "still here", severity: "NOTICE", type: "N")
        while true { try conversation.send(notice) }
    }

    /// Lets the client in and never answers a query.
    package static let postgresQuerySilent = Self("postgresQuerySilent") { conversation in
        try PostgreSQLBackend(conversation).login()
        conversation.stayUntilClosed()
    }

    /// A message that says it is 2 GiB long.
    package static let postgresHugeLength = Self("postgresHugeLength") { conversation in
        try PostgreSQLBackend(conversation).startup()
        try conversation.send([UInt8(ascii: "R"), 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0])
        conversation.stayUntilClosed()
    }

    /// A message that says it is -1 byte long.
    package static let postgresNegativeLength = Self("postgresNegativeLength") { conversation in
        try PostgreSQLBackend(conversation).startup()
        try conversation.send([UInt8(ascii: "R"), 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])
        conversation.stayUntilClosed()
    }

    /// A standby: lets the client in with `in_hot_standby` on and answers every query with `t`.
    package static let postgresStandby = postgres(parameters: ["in_hot_standby": "on"]) { _ in "t" }

    /// Lets every client in without a password and answers each statement that is not about transactions or settings with
    /// one row of one text column; nil gives no row.
    package static func postgres(
        parameters: [String: String] = [:],
        answer: @escaping @Sendable (_ statement: String) -> String? = { _ in "1" }
    ) -> Self {
        Self("postgres") { conversation in
            let backend = PostgreSQLBackend(conversation)
            try backend.login(parameters: parameters)
            try backend.serve(answer)
        }
    }
}
