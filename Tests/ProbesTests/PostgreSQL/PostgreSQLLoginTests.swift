import TestSupport
import Testing

@Suite(.serialized, .enabled(if: RealServers.areWanted([.postgreSQL]), "PostgreSQL 15 is not installed"))
struct PostgreSQLLoginTests {
    private static let roles = """
        CREATE ROLE plain LOGIN PASSWORD 'plain-secret';
        CREATE ROLE trusted LOGIN;
        CREATE ROLE clear LOGIN PASSWORD 'clear-secret';
        CREATE ROLE locked NOLOGIN PASSWORD 'locked-secret';
        CREATE ROLE barred LOGIN PASSWORD 'barred-secret';
        CREATE DATABASE closed ALLOW_CONNECTIONS false;
        CREATE DATABASE dear;
        REVOKE CONNECT ON DATABASE dear FROM public;
        SET password_encryption = 'md5';
        CREATE ROLE old LOGIN PASSWORD 'old-secret';
        """
    private static let access = [
        "host all trusted all trust", "host all old all md5", "host all clear all password",
        "host all barred all reject",
        "local all clear password",
    ]

    private struct Login: CustomTestStringConvertible, Sendable {
        let user: String
        let password: String?
        var database = "postgres"
        var options: [String: String] = [:]
        let code: String

        var testDescription: String { "\(user) with \(password ?? "nothing") at \(database) \(options): \(code)" }
    }

    private static let logins = [
        Login(user: "plain", password: "plain-secret", code: "passed"),
        Login(user: "old", password: "old-secret", code: "passed"),
        Login(user: "trusted", password: nil, code: "passed"),
        Login(user: "plain", password: "wrong-secret", code: "login.denied"),
        Login(user: "old", password: "wrong-secret", code: "login.denied"),
        Login(user: "plain", password: nil, code: "login.required"),
        Login(user: "nobody", password: "plain-secret", code: "login.denied"),
        Login(user: "locked", password: "locked-secret", code: "login.denied"),
        Login(user: "barred", password: "barred-secret", code: "login.denied"),
        Login(user: "plain", password: "plain-secret", database: "nope", code: "login.not_found"),
        Login(user: "plain", password: "plain-secret", database: "closed", code: "login.denied"),
        Login(user: "plain", password: "plain-secret", database: "dear", code: "login.denied"),
        Login(user: "clear", password: "clear-secret", code: "secure.unsupported"),
        Login(user: "clear", password: "clear-secret", options: ["sslmode": "disable"], code: "passed"),
        Login(user: "plain", password: "plain-secret", options: ["sslmode": "require"], code: "secure.unsupported"),
        Login(user: "plain", password: nil, options: ["login": "false"], code: "passed"),
        Login(user: "nobody", password: nil, database: "nope", options: ["login": "false"], code: "passed"),
    ]

    @Test("Every way to be let in, or not, has its code")
    func logins() async throws {
        let server = try await PostgreSQLServer.start()
        defer { server.stop() }
        for statement in Self.roles.split(separator: ";\n") { try await server.execute(String(statement)) }
        try await server.execute("SET password_encryption = 'md5'; ALTER ROLE old PASSWORD 'old-secret'")
        try await server.setAccess(Self.access)
        for login in Self.logins {
            let check = try PostgreSQLCheck(
                server,
                user: login.user,
                password: login.password,
                database: login.database,
                login.options
            )
            let sentence = await check.sentence()
            #expect(sentence.contains(login.code), "\(login.testDescription), not \(sentence)")
            #expect(login.password.map { !sentence.contains($0) } ?? true)
        }
        try await eventually("no session left") { try await server.backendCount() == 0 }
        #expect(!server.log.contains("reset by peer") && !server.log.contains("unexpected EOF"))
    }

    @Test("A unix socket is found by its folder, however the URL gives it")
    func unixSocket() async throws {
        let server = try await PostgreSQLServer.start()
        defer { server.stop() }
        try await server.execute("CREATE ROLE clear LOGIN PASSWORD 'clear-secret'")
        try await server.setAccess(["local all clear password"])
        let folder = server.socketFolder.replacing("/", with: "%2F")
        let urls = [
            "postgres://postgres@\(folder):\(server.port)/postgres",
            "postgresql://postgres@/postgres?host=\(server.socketFolder)&port=\(server.port)",
            "postgres://clear:clear-secret@\(folder):\(server.port)/postgres",
        ]
        for url in urls { #expect(try await PostgreSQLCheck(url).code() == "passed", "\(url)") }
        let other = try PostgreSQLCheck("postgres://postgres@\(folder):1/postgres")
        #expect(await other.code() == "connect.not_found")
    }

    @Test("A full server is overloaded, by its own limit and by a role's")
    func full() async throws {
        let settings = ["max_connections = 6", "superuser_reserved_connections = 2", "max_wal_senders = 0"]
        let server = try await PostgreSQLServer.start(.init(settings: settings))
        defer { server.stop() }
        try await server.execute("CREATE ROLE plain LOGIN PASSWORD 'plain-secret'")
        try await server.execute("CREATE ROLE single LOGIN PASSWORD 'single-secret' CONNECTION LIMIT 0")
        let plain = try PostgreSQLCheck(server, user: "plain", password: "plain-secret")
        #expect(await plain.code() == "passed")
        #expect(
            try await PostgreSQLCheck(server, user: "single", password: "single-secret").code() == "login.overloaded"
        )
        let sessions = try await server.fill()
        #expect(await plain.code() == "login.overloaded")
        let last = [try await server.openSession(), try await server.openSession()]
        #expect(await plain.code() == "login.overloaded")
        for session in sessions + last { session.close() }
        try await eventually("a free slot") { await plain.code() == "passed" }
    }

    @Test("A password file is read anew at each run")
    func rotation() async throws {
        let server = try await PostgreSQLServer.start()
        defer { server.stop() }
        let folder = try TemporaryFolder("secret")
        _ = try folder.write("old-secret", to: "password")
        try await server.execute("CREATE ROLE plain LOGIN PASSWORD 'new-secret'")
        let file = ["passwordFile": folder.file("password")]
        let check = try PostgreSQLCheck(server, user: "plain", password: nil, file)
        #expect(await check.code() == "login.denied")
        _ = try folder.write("new-secret\n", to: "password")
        #expect(await check.code() == "passed")
    }
}
