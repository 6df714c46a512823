import TestSupport
import Testing

@Suite(.serialized, .enabled(if: RealServers.areWanted([.postgreSQL]), "PostgreSQL 15 is not installed"))
struct PostgreSQLReplicaTests {
    @Test("Roles are told apart, before and after a promotion")
    func roles() async throws {
        let primary = try await PostgreSQLServer.start()
        defer { primary.stop() }
        let standby = try await primary.createStandby()
        defer { standby.stop() }
        let table = [
            ("primary", true, false), ("replica", false, true), ("read-write", true, false), ("any", true, true),
        ]
        for (role, onPrimary, onStandby) in table {
            let wanted = { $0 ? "passed" : "assert.wrong_role" }
            #expect(try await PostgreSQLCheck(primary, ["role": role]).code() == wanted(onPrimary), "\(role)")
            #expect(try await PostgreSQLCheck(standby, ["role": role]).code() == wanted(onStandby), "\(role)")
        }
        let writer = try PostgreSQLCheck(standby, ["role": "primary", "query": "SELECT 1"])
        try await standby.promote()
        #expect(await writer.code() == "passed")
        #expect(try await PostgreSQLCheck(standby, ["role": "replica"]).code() == "assert.wrong_role")
    }

    @Test("A primary that lets sessions only read by default is read-only")
    func readOnly() async throws {
        let server = try await PostgreSQLServer.start(.init(settings: ["default_transaction_read_only = on"]))
        defer { server.stop() }
        #expect(try await PostgreSQLCheck(server, ["role": "read-write"]).code() == "assert.wrong_role")
        #expect(try await PostgreSQLCheck(server, ["role": "read-only"]).code() == "passed")
        #expect(try await PostgreSQLCheck(server, ["role": "primary"]).code() == "passed")
    }

    @Test("A replica lags when it does not replay, and is broken when its primary is gone; its user needs no privilege")
    func lag() async throws {
        let primary = try await PostgreSQLServer.start()
        defer { primary.stop() }
        try await primary.execute("CREATE ROLE plain LOGIN PASSWORD 'plain-secret'")
        let standby = try await primary.createStandby()
        defer { standby.stop() }
        let patient = try check(standby, maxLag: "10m")
        let strict = try check(standby, maxLag: "1ms")
        try await eventually("a replica that has caught up") { await strict.code() == "passed" }
        #expect(try await check(primary, maxLag: "1ms").code() == "passed")

        try await standby.fallBehind(primary)
        try await eventually("a lag") { await strict.code() == "assert.lagging" }
        #expect(await patient.code() == "passed")
        try await standby.execute("SELECT pg_wal_replay_resume()")
        try await eventually("no lag") { await strict.code() == "passed" }

        primary.shutDown(.fast)
        try await primary.waitForEnd()
        try await eventually("a broken replication") { await patient.code() == "assert.broken" }
    }

    private func check(_ server: PostgreSQLServer, maxLag: String) throws -> PostgreSQLCheck {
        try PostgreSQLCheck(server, user: "plain", password: "plain-secret", ["maxLag": maxLag])
    }
}
