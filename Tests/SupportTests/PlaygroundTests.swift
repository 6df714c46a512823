import Foundation
import TestSupport
import Testing

/// `make run` as a person sees it.
@Suite(
    .enabled(
        if: RealServers.areWanted([.postgreSQL, .redis]),
        "\(RealServers.whyNot([.postgreSQL, .redis]))"
    )
)
struct PlaygroundTests {
    /// The playground's words after its start, and the folders that they name.
    private func start() async throws -> (run: Executable, folders: [String]) {
        let program = URL(fileURLWithPath: try Executable.path()).deletingLastPathComponent().path + "/playground"
        let run = try Executable([], program: program)
        try await run.waitForLine(containing: "Ctrl-C stops everything", within: .seconds(60))
        let names = run.output.matches(of: /\/[\w\/]+\/allclear-(postgres|redis|playground)-\w+/)
            .map { String($0.output.0) }
        return (run, Set(names).sorted())
    }

    private func ready(_ run: Executable) throws -> SimpleHTTPClient {
        let port = try #require(run.output.firstMatch(of: /gateway +http:\/\/127\.0\.0\.1:(\d+)/)?.output.1)
        return SimpleHTTPClient(port: try #require(UInt16(port)))
    }

    @Test("Killing PostgreSQL closes /ready, bringing it back opens it, Ctrl-C leaves nothing behind")
    func killAndBringBack() async throws {
        let (run, folders) = try await start()
        #expect(folders.count == 3)
        let client = try ready(run)
        try await eventually("open gate", within: .seconds(20)) { try await client.get("/ready").status == 200 }
        let lines = run.output.components(separatedBy: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let kill = try #require(lines.first { $0.hasPrefix("kill") && $0.contains("postmaster.pid") })
        let restart = try #require(lines.first { $0.contains("pg_ctl") })
        try await Tool.run(["/bin/sh", "-c", kill])
        try await eventually("closed gate", within: .seconds(20)) {
            let reply = try await client.get("/ready")
            return reply.status == 503 && reply.text.contains("connect.refused")
        }
        // The gateway hears of the death before the server's other processes do, which hold its memory until then.
        try await eventually("a start") { (try? await Tool.run(["/bin/sh", "-c", restart])) != nil }
        try await eventually("open gate", within: .seconds(20)) { try await client.get("/ready").status == 200 }
        run.send(signal: SIGINT)
        #expect(try await run.waitForEnd(within: .seconds(30)) == .exited(0))
        for folder in folders {
            #expect(!FileManager.default.fileExists(atPath: folder))
            #expect(ProcessTable.serversWorking(in: folder).isEmpty)
        }
    }

    @Test("A playground that is killed leaves nothing behind either")
    func killed() async throws {
        let (run, folders) = try await start()
        run.send(signal: SIGKILL)
        try await run.waitForEnd()
        try await eventually("clean folders", within: .seconds(20)) {
            folders.allSatisfy {
                !FileManager.default.fileExists(atPath: $0) && ProcessTable.serversWorking(in: $0).isEmpty
            }
        }
    }
}
