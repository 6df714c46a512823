import Foundation
import TestSupport
import Testing

struct ToolsTests {
    @Test(
        "An origin serves its routes on a connection that it keeps, and notes the requests",
        arguments: [false, true]
    )
    func origin(onUnixSocket: Bool) async throws {
        let origin = try HTTPOrigin(
            ["/ping": .init(body: "pong"), "/broken": .init(503, headers: [("Retry-After", "1")])],
            onUnixSocket: onUnixSocket
        )
        let client = SimpleHTTPClient(origin.address)
        #expect(try await client.get("/ping?x=1").text == "pong")
        #expect(try await client.head("/ping")["content-length"] == "4")
        let broken = try await client.request("POST", "/broken", body: "data")
        #expect(broken.status == 503)
        #expect(broken["Retry-After"] == "1")
        #expect(try await client.get("/nope").status == 404)
        #expect(client.connectionCount == 1)
        #expect(origin.requests.map(\.method) == ["GET", "HEAD", "POST", "GET"])
        #expect(origin.requests[2].body == Array("data".utf8))
        client.close()
        try await eventually("closed connection") { origin.openCount == 0 }
    }

    @Test("Certificates are what they say")
    func certificates() async throws {
        let made = try await Certificates.make()
        func verify(_ pair: Certificates.Pair, _ options: [String] = []) async -> String {
            do {
                return try await Tool.run(
                    ["openssl", "verify", "-CAfile", made.authority] + options + [pair.certificate]
                )
            } catch { return "\(error)" }
        }
        let name = ["-verify_hostname", "localhost"]
        #expect(await verify(made.server, name).hasSuffix("OK\n"))
        #expect(await verify(made.client).hasSuffix("OK\n"))
        #expect(await verify(made.expired).contains("certificate has expired"))
        #expect(await verify(made.notYetValid).contains("certificate is not yet valid"))
        #expect(await verify(made.wrongName, name).lowercased().contains("hostname mismatch"))
        #expect(await verify(made.unknownIssuer).contains("unable to get local issuer"))
        #expect(await verify(made.selfSigned).contains("self-signed certificate"))

        let origin = try await TLSOrigin.start(made.server)
        let url = "https://localhost:\(origin.port)/ok"
        let body = try await Tool.run(["curl", "-sS", "--noproxy", "*", "--cacert", made.authority, url])
        #expect(body == "ok\n")
    }

    @Test(
        "PostgreSQL and Redis speak TLS with the given certificates",
        .enabled(
            if: RealServers.areWanted([.postgreSQL, .redis]),
            "\(RealServers.whyNot([.postgreSQL, .redis]))"
        )
    )
    func secureServers() async throws {
        let made = try await Certificates.make()
        try await PostgreSQLServer.running(.init(certificate: made.server)) { server in
            let url = "postgres://postgres:\(PostgreSQLServer.superuserPassword)@localhost:\(server.port)/postgres"
            let secure = "\(url)?sslmode=verify-full&sslrootcert=\(made.authority)"
            let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
            let said = try await Tool.run(["psql", "-Atc", sql, secure])
            #expect(said == "t\n")
        }
        try await RedisServer.running(.init(certificate: made.server, authority: made.authority)) { server in
            let port = try #require(server.securePort)
            let command = ["redis-cli", "-p", "\(port)", "--tls", "--cacert", made.authority, "PING"]
            let said = try await Tool.run(command)
            #expect(said == "PONG\n")
        }
    }

    @Test(
        "PgBouncer passes sessions on",
        .enabled(
            if: RealServers.areWanted([.postgreSQL, .pgBouncer]),
            "\(RealServers.whyNot([.postgreSQL, .pgBouncer]))"
        )
    )
    func pooler() async throws {
        try await PostgreSQLServer.running { server in
            let pooler = try await PgBouncer.start(for: server)
            defer { pooler.stop() }
            let url = "postgres://postgres:\(PostgreSQLServer.superuserPassword)@127.0.0.1:\(pooler.port)/postgres"
            let said = try await Tool.run(["psql", "-Atc", "SELECT 1", url])
            #expect(said == "1\n")
        }
    }

    @Test("A run of a program has its words, its end, and what it was told")
    func executable() async throws {
        let shell = try Executable(
            ["-c", "echo \"$WORD\" from $(pwd); echo bad >&2; trap 'exit 7' TERM; while :; do sleep 0.01; done"],
            environment: ["WORD": "hello"],
            in: "/tmp",
            program: "/bin/sh"
        )
        #expect(try await shell.waitForLine(containing: "hello") == "hello from /tmp")
        try await shell.waitForLine(containing: "bad")
        shell.send(signal: SIGTERM)
        #expect(try await shell.waitForEnd() == .exited(7))
        await #expect(throws: ServerFailure.self) { try await shell.waitForLine(containing: "never said") }
        #expect(try Executable.path().hasSuffix("/allclear"))
    }

    @Test("A wait that is not fulfilled says what it waited for")
    func boundedWait() async {
        await #expect { try await eventually("rain", within: .milliseconds(20)) { false } } throws: {
            "\($0)".contains("rain")
        }
    }
}
