import Foundation

extension PostgreSQLServer {
    /// The command that starts the server in the foreground, for the server's user.
    var command: [String] { ["\(Self.programs ?? "")/postgres", "-D", dataFolder] }

    /// The command line that starts the server by hand with the same data, for the person who runs this process.
    package var restartCommand: String {
        let start = [
            "\(Self.programs ?? "")/pg_ctl", "-D", dataFolder, "-l", process.logPath, "-w", "start",
        ]
        return Account.unprivileged.command(start).joined(separator: " ")
    }

    func startBlocking(waitUntilReady: Bool) throws {
        try process.launch(command)
        guard waitUntilReady else { return }
        try process.waitUntilReady("PostgreSQL", within: .seconds(60)) { Self.answer(at: unixAddress) == .asksForLogin }
    }

    /// The unix socket.
    var unixAddress: ServerAddress { .unix(path: "\(socketFolder)/.s.PGSQL.\(port)") }

    /// Whether it would let somebody log in to a database over TCP who has the password; blocks for 2 s at most where it hangs.
    package func asksForLogin(of user: String) -> Bool {
        Self.answer(at: .loopback(port), user: user, database: user) == .asksForLogin
    }

    /// What a server says to the first packet of a session.
    enum Answer: Equatable {
        case nothing
        case asksForLogin
        /// An error with this SQLSTATE.
        case refuses(String)
    }

    /// Opens a session as far as the server's first answer (protocol 3.0: StartupMessage).
    static func answer(at address: ServerAddress, user: String = superuser, database: String = "postgres") -> Answer {
        var parameters: [UInt8] = [0, 3, 0, 0]
        for word in ["user", user, "database", database, ""] { parameters += Array(word.utf8) + [0] }
        let length = UInt32(parameters.count + 4)
        let packet = (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) } + parameters
        guard let socket = try? PlainSocket.connect(to: address), (try? socket.write(packet)) != nil,
            let reply = try? socket.read(within: .seconds(2)), let type = reply.first
        else { return .nothing }
        guard type == UInt8(ascii: "E") else { return .asksForLogin }
        let fields = reply.dropFirst(5).split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        return .refuses(fields.first { $0.hasPrefix("C") }.map { String($0.dropFirst()) } ?? "")
    }

    /// Writes postgresql.conf and pg_hba.conf; those that the data folder came with are not used.
    func writeConfiguration() throws {
        var settings = [
            "listen_addresses = '127.0.0.1'", "port = \(port)", "unix_socket_directories = '\(socketFolder)'",
            "fsync = off", "full_page_writes = off", "wal_level = replica",
            "shared_buffers = 16MB", "max_connections = 30", "max_wal_size = 64MB", "dynamic_shared_memory_type = mmap",
            "autovacuum = off", "hot_standby = on", "log_destination = stderr", "logging_collector = off",
            "log_line_prefix = '%m [%p] '", "password_encryption = 'scram-sha-256'", "lc_messages = 'C.UTF-8'",
            "timezone = 'UTC'", "restore_command = '\(restoreCommand)'",
        ]
        if let pair = options.certificate {
            let own = (certificate: "\(dataFolder)/server.crt", key: "\(dataFolder)/server.key")
            for (source, target) in [(pair.certificate, own.certificate), (pair.key, own.key)] {
                try? FileManager.default.removeItem(atPath: target)
                try FileManager.default.copyItem(atPath: source, toPath: target)
                guard chmod(target, 0o600) == 0 else { throw SystemFailure("chmod \(target)") }
                try Account.unprivileged.own(target)
            }
            settings += ["ssl = on"]
        }
        try writeRestoreScript()
        try write(settings + options.settings, to: "postgresql.conf")
        try writeAccess(options.access)
    }

    /// Writes pg_hba.conf: the superuser over the unix socket, then `lines`, then everybody with a password.
    func writeAccess(_ lines: [String]) throws {
        let first = ["local all \(Self.superuser) trust", "local replication \(Self.superuser) trust"]
        let last = ["local all all scram-sha-256", "host all all 127.0.0.1/32 scram-sha-256"]
        try write(first + lines + last, to: "pg_hba.conf")
    }

    private func write(_ lines: [String], to name: String) throws {
        let path = "\(dataFolder)/\(name)"
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path))
        try Account.unprivileged.own(path)
    }
}
