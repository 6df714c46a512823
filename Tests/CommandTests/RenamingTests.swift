import Foundation
import TestSupport
import Testing

/// What becomes of a connection that is kept when its name leads elsewhere: on real servers, by a name server of the tests' own.
///
/// The server that the name led to goes on answering all the while, as after a failover: over a connection that is kept nobody
/// would hear of it.
@Suite(
    .enabled(if: RealServers.areWanted([.postgreSQL, .redis]), "\(RealServers.whyNot([.postgreSQL, .redis]))"),
    .enabled(if: getuid() == 0, "a name server on port 53, and a resolv.conf that names it, need root")
)
struct RenamingTests {
    private static let options = "period=200ms,timeout=200ms,failureThreshold=1"
    /// A canary does not believe that this holds for an hour.
    private static let before = NameAnswer.addresses(["127.0.0.1"], ttl: 3600)
    private static let after = NameAnswer.addresses(["127.0.0.3"], ttl: 1)

    /// A Redis at the address that `after` says, and at the same port as the one that `before` does.
    private func successor(
        of server: RedisServer,
        password: String? = nil,
        settings: [String] = []
    ) -> RedisServer.Options {
        .init(password: password, settings: ["bind 127.0.0.3", "port \(server.port)"] + settings)
    }

    /// Lends a gateway that asks `url` and has found it to pass, and the name server by which it finds `db.test`.
    private func asking(
        _ url: String,
        at address: String,
        first answer: NameAnswer = before,
        _ body: (RunningGateway, FakeNameServer) async throws -> Void
    ) async throws {
        let names = try FakeNameServer(["db.test": answer], host: address, port: 53)
        let folder = try TemporaryFolder("names")
        let gateway = try await RunningGateway(
            checks: ["db=env:DB_URL"],
            environment: ["DB_URL": url],
            wrapper: try names.wrapper(in: folder)
        )
        try await gateway.waitForStatus(200)
        try await body(gateway, names)
        withExtendedLifetime((names, folder)) {}
    }

    private func waitForFailure(_ code: String, of gateway: RunningGateway) async throws {
        // Answers that are kept are kept for 30 s: what comes later was not seen by a canary.
        try await eventually(code, within: .seconds(20)) {
            let reply = try await SimpleHTTPClient(port: gateway.port).get("/ready/db")
            return reply.status == 503 && reply.text.contains(#""code":"\#(code)""#)
        }
    }

    /// Those that came over TCP; the tests' own come over a unix socket.
    private func clients(of server: RedisServer) async throws -> Int {
        try await server.command("CLIENT", "LIST", "TYPE", "normal").split(separator: "\n")
            .count { $0.contains(" addr=127.") }
    }

    private func sessions(of server: PostgreSQLServer) async throws -> String {
        try await server.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'allclear'")
    }

    @Test("Redis: the name leads to a server that passes as well: it is the one that is kept")
    func passes() async throws {
        try await RedisServer.running { old in
            try await RedisServer.running(successor(of: old)) { new in
                let url = "redis://db.test:\(old.port)#period=2s,timeout=2s,failureThreshold=1,canary=2s"
                try await asking(url, at: "127.0.53.101") { gateway, names in
                    #expect(try await clients(of: old) > 0)
                    names.set("db.test", Self.after)
                    try await eventually("a connection to the new one, and none to the old one", within: .seconds(20)) {
                        let (now, before) = (try await clients(of: new), try await clients(of: old))
                        return now > 0 && before == 0
                    }
                    let metrics = try await gateway.client.get("/metrics").text
                    #expect(metrics.contains(#"allclear_transitions_total{check="db",to="fail"} 0"#))
                }
            }
        }
    }

    @Test("Redis: the name leads to a replica: that is told, and the primary that it led to is let go of")
    func role() async throws {
        try await RedisServer.running { old in
            try await RedisServer.running(successor(of: old, settings: ["replicaof 127.0.0.1 \(old.port)"])) { _ in
                let url = "redis://db.test:\(old.port)#\(Self.options),canary=400ms,role=primary"
                try await asking(url, at: "127.0.53.102") { gateway, names in
                    names.set("db.test", Self.after)
                    try await waitForFailure("assert.wrong_role", of: gateway)
                    try await eventually("no connection to the old one") { try await clients(of: old) == 0 }
                    names.set("db.test", Self.before)
                    try await gateway.waitForStatus(200)
                }
            }
        }
    }

    @Test("Redis: the name leads to a server with another password: that is told, and the old one is let go of")
    func password() async throws {
        try await RedisServer.running(.init(password: "old-word")) { old in
            try await RedisServer.running(successor(of: old, password: "new-word")) { _ in
                let url = "redis://:old-word@db.test:\(old.port)#\(Self.options),canary=400ms"
                try await asking(url, at: "127.0.53.103") { gateway, names in
                    names.set("db.test", Self.after)
                    try await waitForFailure("login.denied", of: gateway)
                    try await eventually("no connection to the old one") { try await clients(of: old) == 0 }
                }
            }
        }
    }

    @Test("Redis: the name leads to a server that is full: none of ours is served there, so that is a failure")
    func full() async throws {
        try await RedisServer.running { old in
            try await RedisServer.running(successor(of: old, settings: ["maxclients 1"])) { _ in
                let other = try await eventualValue("the only place") {
                    let socket = try PlainSocket.connect(to: .tcp(host: "127.0.0.3", port: old.port))
                    try? socket.write(Array("PING\r\n".utf8))
                    return try? socket.read(within: .seconds(30)) == Array("+PONG\r\n".utf8) ? socket : nil
                }
                let url = "redis://db.test:\(old.port)#\(Self.options),canary=400ms"
                try await asking(url, at: "127.0.53.104") { gateway, names in
                    names.set("db.test", Self.after)
                    try await waitForFailure("login.overloaded", of: gateway)
                    try await eventually("no connection to the old one") { try await clients(of: old) == 0 }
                }
                other.close()
            }
        }
    }

    @Test("Redis: the name leads to where nothing listens, or nowhere: that is told, and the old one is let go of")
    func nothing() async throws {
        try await RedisServer.running { old in
            let url = "redis://db.test:\(old.port)#\(Self.options),canary=400ms"
            try await asking(url, at: "127.0.53.105") { gateway, names in
                for (answer, code) in [(Self.after, "connect.refused"), (.nameError, "resolve.not_found")] {
                    names.set("db.test", answer)
                    try await waitForFailure(code, of: gateway)
                    try await eventually("no connection to the old one") { try await clients(of: old) == 0 }
                    #expect(try await old.command("PING") == "PONG")
                    names.set("db.test", Self.before)
                    try await gateway.waitForStatus(200)
                }
            }
        }
    }

    @Test("PostgreSQL: the name leads to where nothing listens: that is told, and the old session is ended")
    func session() async throws {
        try await PostgreSQLServer.running { old in
            let user = "postgres:superuser-secret"
            let url = "postgres://\(user)@db.test:\(old.port)/postgres#\(Self.options),canary=400ms"
            try await asking(url, at: "127.0.53.106") { gateway, names in
                #expect(try await sessions(of: old) != "0")
                names.set("db.test", Self.after)
                try await waitForFailure("connect.refused", of: gateway)
                try await eventually("no session on the old one") { try await sessions(of: old) == "0" }
                names.set("db.test", Self.before)
                try await gateway.waitForStatus(200)
            }
        }
    }

    @Test(
        "TCP and HTTP: what is listened to is at the name's address of now, or nothing is",
        arguments: [("tcp", "127.0.53.107"), ("http", "127.0.53.108")]
    )
    func silentConnections(scheme: String, address: String) async throws {
        let ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        let old = try ScriptedServer(scheme == "tcp" ? .silent : .http(ok))
        let new = try ScriptedServer(old.script, at: .tcp(host: "127.0.0.3", port: old.port))
        let url = "\(scheme)://db.test:\(old.port)#\(Self.options),hold=true"
        // Each of its probes looks the name up, but none is a canary.
        try await asking(url, at: address, first: .addresses(["127.0.0.1"], ttl: 1)) { gateway, names in
            #expect(old.openCount > 0)
            names.set("db.test", Self.after)
            try await eventually("a connection to the new one, and none to the old one") {
                new.openCount > 0 && old.openCount == 0
            }
            names.set("db.test", .addresses(["127.0.0.4"], ttl: 1))
            try await waitForFailure("connect.refused", of: gateway)
            try await new.waitUntilAllClosed()
        }
        withExtendedLifetime((old, new)) {}
    }
}
