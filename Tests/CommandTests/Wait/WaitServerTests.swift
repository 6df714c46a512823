import Foundation
import TestSupport
import Testing

/// `allclear wait` on real servers: it lets go when they answer, never before.
@Suite(.enabled(if: RealServers.areWanted([.postgreSQL, .redis]), "\(RealServers.whyNot([.postgreSQL, .redis]))"))
struct WaitServerTests {
    private func url(_ server: PostgreSQLServer) -> String {
        "db=postgres://postgres:\(PostgreSQLServer.superuserPassword)@127.0.0.1:\(server.port)/postgres"
    }

    @Test("PostgreSQL: COMMAND is not run before a query is answered, and finds one answered")
    func postgreSQL() async throws {
        try await PostgreSQLServer.running { server in
            server.shutDown(.fast)
            try await server.waitForEnd()
            let variable = ["DATABASE_URL": String(url(server).dropFirst(3))]
            let query = ["psql", "-XAtqc", "SELECT 'answered'"] + [String(url(server).dropFirst(3))]
            let run = try Executable(["wait", "db=env:DATABASE_URL", "--"] + query, environment: variable)
            try await run.waitForLine(containing: "connect.refused")
            try await server.startHeld()
            try await run.waitForLine(containing: "login.starting")
            #expect(run.process.isRunning)
            try await server.releaseRecovery(waitUntilReady: false)
            #expect(try await run.waitForEnd() == .exited(0))
            #expect(run.output == "answered\n", "\(run.errorOutput)")
            #expect(run.errorOutput.contains("last: db"))
            #expect(!run.errorOutput.contains(PostgreSQLServer.superuserPassword))
        }
    }

    @Test("Redis that loads its data is waited for")
    func redis() async throws {
        try await RedisServer.running { server in
            try await server.startLoading()
            let run = try Executable(["wait", "redis://127.0.0.1:\(server.port)", "--format", "json"])
            try await eventually("some attempts") { run.process.isRunning }
            try await server.finishLoading()
            #expect(try await run.waitForEnd() == .exited(0))
            #expect(run.output.contains(#""ending":"reached""#))
        }
    }

    @Test("Both must be there at the same time: one that goes while the other comes is waited for again")
    func together() async throws {
        try await RedisServer.running { first in
            let second = try await RedisServer.prepared()
            let run = try Executable([
                "wait", "first=redis://127.0.0.1:\(first.port)#period=100ms,timeout=100ms",
                "second=redis://127.0.0.1:\(second.port)",
            ])
            try await run.waitForLine(containing: "first: passed")
            try await first.shutDown()
            // Until its pass is older than its period, and does not count any more.
            try await Task.sleep(for: .milliseconds(200))
            try await second.start()
            try await run.waitForLine(containing: "first: 127.0.0.1")
            #expect(run.process.isRunning)
            try await first.start()
            #expect(try await run.waitForEnd() == .exited(0))
            #expect(run.output.contains("last: first"), "\(run.output)")
        }
    }

    @Test("A wrong password ends the wait early and appears nowhere")
    func wrongPassword() async throws {
        try await RedisServer.running(.init(password: "right")) { server in
            let run = try await Executable.run(
                ["wait", "cache=env:REDIS_URL", "--give-up-after", "600ms", "--format", "json"],
                environment: ["REDIS_URL": "redis://:guessed-word@127.0.0.1:\(server.port)"]
            )
            #expect(run.end == .exited(3))
            #expect(run.output.contains(#""code":"login.denied","class":"permanent""#))
            #expect(!(run.output + run.errorOutput).contains("guessed-word"))
        }
    }
}
