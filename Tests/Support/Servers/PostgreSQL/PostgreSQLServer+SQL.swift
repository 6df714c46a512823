import Foundation

extension PostgreSQLServer {
    /// Runs SQL as the superuser over the unix socket and returns rows as lines, columns divided by `|`.
    @discardableResult
    package func execute(_ sql: String, database: String = "postgres") async throws -> String {
        try await onThread { try self.executeBlocking(sql, database: database) }
    }

    /// Makes a user with a password, and a database of the same name that is his.
    package func createAccount(_ name: String, password: String) async throws {
        let literal = password.replacingOccurrences(of: "'", with: "''")
        try await execute("CREATE ROLE \(name) LOGIN PASSWORD '\(literal)'")
        try await execute("CREATE DATABASE \(name) OWNER \(name)")
    }

    /// Sessions of clients that the server has, without the one that asks; `database` nil counts all databases.
    package func backendCount(database: String? = nil) async throws -> Int {
        let filter = database.map { "AND datname = '\($0)'" } ?? ""
        let sql = """
            SELECT count(*) FROM pg_stat_activity
            WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() \(filter)
            """
        return Int(try await execute(sql)) ?? -1
    }

    /// Replaces the lines of pg_hba.conf that come before the standing ones, and has the server read them.
    package func setAccess(_ lines: [String]) async throws {
        try writeAccess(lines)
        try await reload()
    }

    /// Has the server read its configuration files again, and waits until it has.
    package func reload() async throws {
        let before = try await execute("SELECT pg_conf_load_time()")
        process.send(signal: SIGHUP)
        try await eventually("reloaded configuration") { try await execute("SELECT pg_conf_load_time()") != before }
    }

    /// Opens a session that stays open, as the superuser over the unix socket.
    package func openSession(database: String = "postgres") async throws -> PostgreSQLSession {
        try await onThread { try PostgreSQLSession(self, database: database) }
    }

    /// Opens sessions until the server has no slot left for ordinary users (53300); they last as long as what is returned.
    ///
    /// The slots that are reserved for superusers stay free, so `execute` goes on working.
    package func fill() async throws -> [PostgreSQLSession] {
        let free = try await execute(
            """
            SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
                - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid())
            """
        )
        var sessions: [PostgreSQLSession] = []
        for _ in 0..<(Int(free) ?? 0) { sessions.append(try await openSession()) }
        return sessions
    }

    func executeBlocking(_ sql: String, database: String = "postgres") throws -> String {
        let output = try Tool.runBlocking(psql(database: database), input: sql)
        return output.trimmingCharacters(in: .newlines)
    }

    func psql(database: String) -> [String] {
        [
            "\(Self.programs ?? "")/psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only",
            "--set=ON_ERROR_STOP=1", "--host=\(socketFolder)", "--port=\(port)", "--username=\(Self.superuser)",
            "--dbname=\(database)",
        ]
    }
}
