import Foundation

/// A real PgBouncer in front of a PostgreSQL, on a free port of 127.0.0.1.
package final class PgBouncer: Sendable {
    package let port: UInt16
    private let process: ServerProcess

    /// Starts it for all databases of `server`, and waits until it answers.
    ///
    /// Clients log in with the names and passwords in `users`, by SCRAM; PgBouncer passes both on to the server. `settings` are
    /// further lines of its section `[pgbouncer]`, such as `pool_mode = transaction`.
    package static func start(
        for server: PostgreSQLServer,
        users: [String: String] = [PostgreSQLServer.superuser: PostgreSQLServer.superuserPassword],
        settings: [String] = []
    ) async throws -> PgBouncer {
        try await onThread { try PgBouncer(server, users, settings) }
    }

    private init(_ server: PostgreSQLServer, _ users: [String: String], _ settings: [String]) throws {
        guard let program = Tool.find("pgbouncer") else {
            throw ServerFailure("PgBouncer is not installed (Debian's package pgbouncer)", log: "")
        }
        let folder = try TemporaryFolder("pgbouncer")
        try Account.unprivileged.own(folder.path)
        port = FreePort.find()
        let lines = [
            "[databases]", "* = host=127.0.0.1 port=\(server.port)", "[pgbouncer]", "listen_addr = 127.0.0.1",
            "listen_port = \(port)", "unix_socket_dir =", "auth_type = scram-sha-256",
            "auth_file = \(folder.file("users"))", "ignore_startup_parameters = extra_float_digits,options",
        ]
        try folder.write((lines + settings).joined(separator: "\n") + "\n", to: "pgbouncer.ini")
        let list = users.sorted { $0.key < $1.key }.map { "\"\($0.key)\" \"\($0.value)\"\n" }.joined()
        try folder.write(list, to: "users")
        process = try ServerProcess(folder: folder, home: folder.path, account: .unprivileged)
        try process.launch([program, folder.file("pgbouncer.ini")])
        let address = ServerAddress.loopback(port)
        try process.waitUntilReady("PgBouncer", within: .seconds(30)) {
            PostgreSQLServer.answer(at: address) == .asksForLogin
        }
    }

    deinit { stop() }

    /// Stops it as a hanging machine would, and `thaw` lets it go on.
    package func freeze() { process.sendToAll(signal: SIGSTOP) }
    package func thaw() { process.sendToAll(signal: SIGCONT) }

    package func kill9() { process.sendToAll(signal: SIGKILL) }

    /// Ends it and removes its folder; again is harmless.
    package func stop() { process.end() }

    package var log: String { process.log }
}
