import Foundation
import TestSupport
import Testing

/// What the gateway hears on connections that it keeps, and what only a fresh login tells it: on real servers.
///
/// Where a death is to be heard, the period is an hour: no poll could find it within a test's patience.
@Suite(.enabled(if: RealServers.areWanted([.postgreSQL, .redis]), "\(RealServers.whyNot([.postgreSQL, .redis]))"))
struct HoldingTests {
    private static let heard = "period=1h,failureThreshold=1"
    private static let polled = "period=200ms,timeout=200ms,failureThreshold=1"

    private func redis(_ server: RedisServer, _ options: String) async throws -> RunningGateway {
        try await RunningGateway(checks: ["db=redis://127.0.0.1:\(server.port)#\(options)"])
    }

    private func postgreSQL(
        _ server: PostgreSQLServer,
        user: String = "postgres:superuser-secret",
        _ options: String
    ) async throws -> RunningGateway {
        try await RunningGateway(
            checks: ["db=env:DATABASE_URL"],
            environment: ["DATABASE_URL": "postgres://\(user)@127.0.0.1:\(server.port)/postgres#\(options)"]
        )
    }

    private func transitions(_ gateway: RunningGateway) async throws -> [String] {
        try await SimpleHTTPClient(port: gateway.port).get("/metrics").text.split(separator: "\n")
            .filter { $0.hasPrefix("allclear_transitions_total") && !$0.hasSuffix(" 0") }.map(String.init)
    }

    private func code(_ gateway: RunningGateway) async throws -> String {
        let text = try await SimpleHTTPClient(port: gateway.port).get("/ready/db").text
        let found = text.firstRange(of: #""code":""#)
        return found.map { String(text[$0.upperBound...].prefix { $0 != "\"" }) } ?? "none"
    }

    @Test("Redis: a death is heard, and so is the return")
    func redisDeath() async throws {
        try await RedisServer.running { server in
            let gateway = try await redis(server, Self.heard)
            try await gateway.waitForStatus(200)
            try await server.kill9()
            try await gateway.waitForStatus(503)
            try await server.start()
            try await gateway.waitForStatus(200)
        }
    }

    @Test("Redis: a server that closes what is idle, and an administrator who does, make no failure")
    func redisRoutineClose() async throws {
        try await RedisServer.running(.init(settings: ["timeout 1"])) { server in
            let gateway = try await redis(server, "period=1h,failureThreshold=1")
            try await gateway.waitForStatus(200)
            let accepted = { () async throws -> Int in
                let line = try await server.command("INFO", "stats").split(whereSeparator: \.isNewline)
                    .first { $0.hasPrefix("total_connections_received:") }
                return line.flatMap { Int($0.split(separator: ":")[1].filter(\.isNumber)) } ?? 0
            }
            let before = try await accepted()
            try await eventually("three connections that were closed") {
                _ = try await server.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
                return try await accepted() >= before + 8
            }
            try await gateway.waitForStatus(200)
            #expect(try await transitions(gateway) == [#"allclear_transitions_total{check="db",to="pass"} 1"#])
        }
    }

    @Test("Redis: another role is seen by a ping, on the same connection")
    func redisRole() async throws {
        try await RedisServer.running { primary in
            try await RedisServer.running { server in
                let gateway = try await redis(server, "\(Self.polled),canary=1h,role=primary")
                try await gateway.waitForStatus(200)
                let clients = { try await server.command("CLIENT", "LIST", "TYPE", "normal") }
                let ours = try await clients().split(separator: "\n")
                    .first { $0.contains("addr=127.0.0.1") && $0.contains("cmd=ping") }?
                    .split(separator: " ").first
                _ = try await server.command("REPLICAOF", "127.0.0.1", "\(primary.port)")
                try await gateway.waitForStatus(503)
                #expect(try await code(gateway) == "assert.wrong_role")
                _ = try await server.command("REPLICAOF", "NO", "ONE")
                try await gateway.waitForStatus(200)
                #expect(try await clients().contains("\(try #require(ours)) "))
            }
        }
    }

    @Test("Redis: a changed password is found by the next login, though the connection still answers")
    func redisPassword() async throws {
        try await RedisServer.running(.init(password: "old-word")) { server in
            let gateway = try await RunningGateway(
                checks: ["db=env:REDIS_URL"],
                environment: ["REDIS_URL": "redis://:old-word@127.0.0.1:\(server.port)#\(Self.polled),canary=400ms"]
            )
            try await gateway.waitForStatus(200)
            _ = try await server.command("CONFIG", "SET", "requirepass", "new-word")
            try await gateway.waitForStatus(503)
            #expect(try await code(gateway) == "login.denied")
            _ = try await server.command("CONFIG", "SET", "requirepass", "old-word")
            try await gateway.waitForStatus(200)
        }
    }

    @Test("PostgreSQL: a death is heard, and so is the return")
    func postgreSQLDeath() async throws {
        try await PostgreSQLServer.running { server in
            let gateway = try await postgreSQL(server, Self.heard)
            try await gateway.waitForStatus(200)
            try await server.kill9()
            try await gateway.waitForStatus(503)
            try await server.start()
            try await gateway.waitForStatus(200)
        }
    }

    @Test("PostgreSQL: ended sessions make no failure")
    func postgreSQLRoutineClose() async throws {
        let options = PostgreSQLServer.Options(settings: ["idle_session_timeout = '300ms'"])
        try await PostgreSQLServer.running(options) { server in
            let gateway = try await postgreSQL(server, "period=1h,failureThreshold=1")
            try await gateway.waitForStatus(200)
            let began = { () async throws -> String in
                let query = "SELECT max(backend_start) FROM pg_stat_activity WHERE application_name = 'allclear'"
                return try await server.execute(query)
            }
            for _ in 0..<3 {
                let first = try await began()
                try await eventually("another session") { try await began() > first }
            }
            let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'allclear'"
            _ = try await server.execute(end)
            try await gateway.waitForStatus(200)
            #expect(try await transitions(gateway) == [#"allclear_transitions_total{check="db",to="pass"} 1"#])
        }
    }

    @Test("PostgreSQL: a promotion is seen by a ping, in the same session")
    func postgreSQLPromotion() async throws {
        try await PostgreSQLServer.running { primary in
            let standby = try await primary.createStandby()
            defer { standby.stop() }
            let gateway = try await postgreSQL(standby, "\(Self.polled),canary=1h,role=standby")
            try await gateway.waitForStatus(200)
            let session = "SELECT min(pid) FROM pg_stat_activity WHERE application_name = 'allclear'"
            let before = try await standby.execute(session)
            try await standby.promote()
            try await gateway.waitForStatus(503)
            #expect(try await code(gateway) == "assert.wrong_role")
            #expect(try await standby.execute(session) == before)
        }
    }

    @Test("PostgreSQL: a smart shutdown shows to a login alone, as the session that is kept goes on")
    func smartShutdown() async throws {
        try await PostgreSQLServer.running { server in
            let gateway = try await postgreSQL(server, "\(Self.polled),canary=400ms")
            try await gateway.waitForStatus(200)
            server.shutDown(.smart)
            try await gateway.waitForStatus(503)
            #expect(try await code(gateway) == "login.stopping")
        }
    }

    @Test("PostgreSQL: a server that is full for others is a warning while it answers us")
    func full() async throws {
        try await PostgreSQLServer.running(.init(settings: ["max_connections = 10"])) { server in
            try await server.createAccount("app", password: "app-word")
            let gateway = try await postgreSQL(server, user: "app:app-word", "\(Self.polled),canary=400ms")
            try await gateway.waitForStatus(200)
            let others = try await server.fill()
            try await eventually("a warning") {
                try await SimpleHTTPClient(port: gateway.port).get("/ready/db").text.hasPrefix(#"{"status":"warn""#)
            }
            #expect(try await code(gateway) == "login.overloaded")
            for session in others { session.close() }
            try await eventually("a pass") { try await code(gateway) == "none" }
        }
    }

    @Test("TCP and HTTP: a server's end is heard where that is asked for")
    func silentConnections() async throws {
        for scheme in ["tcp", "http"] {
            let ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
            let server = try ScriptedServer(scheme == "tcp" ? .silent : .http(ok))
            let gateway = try await RunningGateway(checks: ["db=\(scheme)://\(server.address)#\(Self.heard),hold=true"])
            try await gateway.waitForStatus(200)
            server.stop()
            try await gateway.waitForStatus(503)
            #expect(try await code(gateway) == "connect.refused")
        }
    }
}
