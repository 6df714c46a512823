import TestSupport
import Testing

@Suite(
    .serialized,
    .enabled(if: RealServers.areWanted([.postgreSQL, .pgBouncer]), "PostgreSQL 15 or PgBouncer is not installed")
)
struct PostgreSQLPoolerTests {
    @Test("Through a pooler the server behind it is asked", arguments: ["session", "transaction"])
    func healthy(mode: String) async throws {
        let server = try await PostgreSQLServer.start()
        defer { server.stop() }
        let pooler = try await PgBouncer.start(for: server, settings: ["pool_mode = \(mode)"])
        defer { pooler.stop() }
        #expect(try await PostgreSQLCheck(server, port: pooler.port).code() == "passed")
        let asking = ["role": "primary", "maxLag": "1s", "query": "SELECT 1", "expect": "1"]
        #expect(try await PostgreSQLCheck(server, port: pooler.port, asking).code() == "passed")
        #expect(try await PostgreSQLCheck(server, port: pooler.port, ["role": "replica"]).code() == "assert.wrong_role")

        #expect(try await PostgreSQLCheck(server, database: "nope", port: pooler.port).code() == "login.not_found")
        #expect(try await PostgreSQLCheck(server, password: "wrong-secret", port: pooler.port).code() == "login.denied")
        #expect(try await PostgreSQLCheck(server, user: "nobody", port: pooler.port).code() == "login.denied")
        #expect(try await PostgreSQLCheck(server, password: nil, port: pooler.port).code() == "login.required")
    }

    @Test("A pooler whose server has died or frozen does not pass, though it lets us in")
    func dead() async throws {
        let server = try await PostgreSQLServer.start()
        defer { server.stop() }
        let pooler = try await PgBouncer.start(for: server, settings: ["pool_mode = transaction"])
        defer { pooler.stop() }
        let check = try PostgreSQLCheck(server, port: pooler.port)
        let asking = try PostgreSQLCheck(server, port: pooler.port, ["role": "primary"])
        #expect(await check.code() == "passed")
        server.freeze()
        #expect(await check.code(within: .seconds(2)) == "exchange.timed_out")
        server.thaw()
        try await eventually("the server's return") { await check.code() == "passed" }
        try await server.kill9()
        try await eventually("the pooler's word") { await check.code(within: .seconds(1)) == "exchange.unreachable" }
        #expect(await asking.code(within: .seconds(5)) == "exchange.unreachable")
    }

    @Test("A pooler that has never seen its server does not pass")
    func neverSeen() async throws {
        let server = try await PostgreSQLServer.prepared()
        defer { server.stop() }
        let pooler = try await PgBouncer.start(for: server)
        defer { pooler.stop() }
        let check = try PostgreSQLCheck(server, port: pooler.port)
        #expect(await check.code(within: .seconds(2)).hasPrefix("login."))
        #expect(try await PostgreSQLCheck(server, port: pooler.port, ["login": "false"]).code() == "passed")
    }

    @Test("A query that is stopped gives the pooler's only connection back")
    func givenBack() async throws {
        let server = try await PostgreSQLServer.start()
        defer { server.stop() }
        let pooler = try await PgBouncer.start(
            for: server,
            settings: ["pool_mode = transaction", "default_pool_size = 1"]
        )
        defer { pooler.stop() }
        let slow = try PostgreSQLCheck(server, port: pooler.port, ["query": "SELECT pg_sleep(60)"])
        #expect(await slow.code(within: .seconds(1)).hasSuffix("timed_out"))
        await slow.settle()
        #expect(try await PostgreSQLCheck(server, port: pooler.port, ["query": "SELECT 1"]).code() == "passed")
        let ours = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE '%in transaction%'"
        #expect(try await server.execute(ours) == "0")
    }
}
