import TestSupport
import Testing

@Suite(.serialized, .enabled(if: RealServers.areWanted([.postgreSQL]), "PostgreSQL 15 is not installed"))
struct PostgreSQLLifeTests {
    @Test("A server is refused, starting, recovering, ready, stopping in turn, and never taken for ready before it is")
    func life() async throws {
        let server = try await PostgreSQLServer.prepared()
        defer { server.stop() }
        let check = try PostgreSQLCheck(server)
        let asking = try PostgreSQLCheck(server, password: nil, ["login": "false"])
        #expect(await check.code() == "connect.refused")

        try await server.start()
        #expect(await check.code() == "passed")

        try await server.startHeld(in: .startingUp)
        #expect(await check.code() == "login.starting")
        #expect(await asking.code() == "login.starting")
        try await server.releaseRecovery()
        #expect(await check.code() == "passed")

        try await server.startHeld(in: .recovering)
        #expect(await check.code() == "login.recovering")
        #expect(await asking.code() == "login.recovering")
        try await server.releaseRecovery()
        #expect(await asking.code() == "passed")

        try await server.kill9()
        #expect(await check.code() == "connect.refused")
        try await server.start()
        #expect(await check.code() == "passed")
        try await server.restart(.fast)
        #expect(await check.code() == "passed")
    }

    @Test("A crashed backend takes the server into recovery")
    func crash() async throws {
        let server = try await PostgreSQLServer.start()
        defer { server.stop() }
        let check = try PostgreSQLCheck(server)
        try await server.crashIntoRecovery()
        #expect(await check.code() == "login.recovering")
        try await server.releaseRecovery()
        #expect(await check.code() == "passed")
    }

    @Test("A smart shutdown shows while another session still holds the server")
    func smartShutdown() async throws {
        let server = try await PostgreSQLServer.start()
        defer { server.stop() }
        let check = try PostgreSQLCheck(server)
        let session = try await server.openSession()
        server.shutDown(.smart)
        try await eventually("the shutdown") { await check.code() == "login.stopping" }
        session.close()
        try await server.waitForEnd()
        #expect(await check.code() == "connect.refused")
    }

    @Test("A frozen server is timed out, and ready once it goes on")
    func frozen() async throws {
        let server = try await PostgreSQLServer.start()
        defer { server.stop() }
        let check = try PostgreSQLCheck(server)
        server.freeze()
        #expect(await check.code(within: .seconds(2)) == "login.timed_out")
        server.thaw()
        #expect(await check.code() == "passed")
        try await eventually("no session left") { try await server.backendCount() == 0 }
    }

    @Test("A server that is killed in the middle of a query closes, and that is no crash of ours")
    func killedInFlight() async throws {
        let server = try await PostgreSQLServer.start()
        defer { server.stop() }
        let check = try PostgreSQLCheck(server, ["query": "SELECT pg_sleep(60)"])
        async let outcome = check.code(within: .seconds(20))
        try await eventually("a query at work") { try await server.backendCount() == 1 }
        try await server.kill9()
        #expect(await outcome == "exchange.closed")
    }

    @Test("A session that is ended by an administrator closes")
    func terminated() async throws {
        let server = try await PostgreSQLServer.start()
        defer { server.stop() }
        let check = try PostgreSQLCheck(server, ["query": "SELECT pg_sleep(60)"])
        async let sentence = check.sentence(within: .seconds(20))
        let end =
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND state = 'active' AND pid <> pg_backend_pid()"
        try await eventually("a query to end") { try await server.execute(end) == "t" }
        #expect(await sentence.contains("exchange.closed: 57P01"))
    }
}
