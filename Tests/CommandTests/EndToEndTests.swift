import TestSupport
import Testing

/// The program between a real PostgreSQL and a real Redis and whoever asks it.
@Suite(.enabled(if: RealServers.areWanted([.postgreSQL, .redis])))
struct EndToEndTests {
    @Test("A server that is killed closes the gate with its reason; brought back, it opens it")
    func killAndRestart() async throws {
        let database = try await PostgreSQLServer.start()
        let cache = try await RedisServer.start()
        let password = PostgreSQLServer.superuserPassword
        let pace = "period=500ms,timeout=500ms"
        let url = "postgres://postgres:\(password)@127.0.0.1:\(database.port)/postgres?role=primary#\(pace)"
        let gateway = try await RunningGateway(
            checks: ["db=env:DATABASE_URL", "cache=redis://127.0.0.1:\(cache.port)#\(pace)"],
            environment: ["DATABASE_URL": url]
        )
        try await gateway.waitForStatus(200)

        try await database.kill9()
        try await gateway.waitForStatus(503)
        let closed = try await SimpleHTTPClient(port: gateway.port).get("/ready").text
        #expect(
            closed.hasPrefix(#"{"status":"fail","open":false,"gate":"ready","code":"connect.refused""#),
            "\(closed)"
        )
        #expect(try await gateway.status(of: "/ready/cache") == 200)
        #expect(try await gateway.status(of: "/healthz") == 200)
        #expect(try await gateway.status(of: "/startup") == 200)
        try await database.start()
        try await gateway.waitForStatus(200)

        cache.freeze()
        try await gateway.waitForStatus(503)
        try await eventually("a time-out") {
            try await SimpleHTTPClient(port: gateway.port).get("/ready").text.contains(#""code":"exchange.timed_out""#)
        }
        cache.thaw()
        try await gateway.waitForStatus(200)

        for text in [gateway.executable.errorOutput, gateway.executable.output] {
            #expect(!text.contains(password))
        }
    }
}
