import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: RealServers.areWanted([.postgreSQL]), "\(RealServers.whyNot([.postgreSQL]))"))
struct PostgreSQLServerTests {
    @Test("A server answers SQL, and after stop() neither its processes nor its folder are left")
    func startsAndLeavesNothing() async throws {
        let server = try await PostgreSQLServer.start()
        #expect(try await server.execute("SELECT 6 * 7") == "42")
        #expect(try await server.backendCount() == 0)
        #expect(server.processIdentifier != nil)
        server.stop()
        #expect(!FileManager.default.fileExists(atPath: server.dataFolder))
        #expect(ProcessTable.serversWorking(in: server.dataFolder).isEmpty)
    }

    @Test("A killed server refuses, and a start brings it back with its data")
    func comesBackAfterKill() async throws {
        try await PostgreSQLServer.running { server in
            try await server.execute("CREATE TABLE kept (x int); INSERT INTO kept VALUES (7)")
            try await server.kill9()
            #expect(throws: SystemFailure.self) { try PlainSocket.connect(to: .loopback(server.port)) }
            try await server.start()
            #expect(try await server.execute("SELECT x FROM kept") == "7")
        }
    }

    @Test("A server that is held while it starts up, recovers or recovers from a crash stays so until it is released")
    func heldStates() async throws {
        try await PostgreSQLServer.running { server in
            try await server.startHeld(in: .startingUp)
            try await server.releaseRecovery()
            try await server.startHeld(in: .recovering)
            try await server.releaseRecovery()
            try await server.crashIntoRecovery()
            try await server.releaseRecovery()
            #expect(try await server.execute("SELECT pg_is_in_recovery()") == "f")
        }
    }

    @Test("A standby follows, and promotion makes it take writes")
    func standby() async throws {
        try await PostgreSQLServer.running { primary in
            let standby = try await primary.createStandby()
            defer { standby.stop() }
            #expect(try await standby.execute("SELECT pg_is_in_recovery()") == "t")
            try await primary.execute("CREATE TABLE sent AS SELECT 1 AS x")
            try await eventually("replicated") { (try? await standby.execute("SELECT x FROM sent")) == "1" }
            try await standby.promote()
            try await standby.execute("INSERT INTO sent VALUES (2)")
        }
    }

    @Test("A smart shutdown waits for a session, and a full server still lets the superuser in")
    func smartAndFull() async throws {
        try await PostgreSQLServer.running(.init(settings: ["max_connections = 6"])) { server in
            let sessions = try await server.fill()
            #expect(sessions.count == 3)
            #expect(try await server.backendCount() == 3)
            server.shutDown(.smart)
            try await eventually("shutting down") { server.log.contains("smart shutdown") }
            #expect(server.isRunning)
            for session in sessions { session.close() }
            try await server.waitForEnd()
        }
    }

    @Test("A frozen server accepts a connection and says nothing until it is thawed")
    func frozen() async throws {
        try await PostgreSQLServer.running { server in
            server.freeze()
            let socket = try PlainSocket.connect(to: .loopback(server.port))
            try socket.write([0, 0, 0, 8, 4, 210, 22, 47])  // SSLRequest
            #expect(throws: SystemFailure.self) { try socket.read(within: .milliseconds(100)) }
            server.thaw()
            #expect(try socket.read(within: .seconds(10)) == Array("N".utf8))
        }
    }
}
