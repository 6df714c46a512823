import TestSupport
import Testing

/// The scripts of the README do what it says, with the real tools.
struct RecipeTests {
    @Test(
        "The entrypoint waits for gateway and services, then becomes the application",
        .enabled(if: RealServers.areWanted([.redis]), "redis-server is not installed, or real servers are not wanted")
    )
    func entrypoint() async throws {
        let port = FreePort.find()
        let redis = try await RedisServer.prepared()
        defer { redis.stop() }
        async let result = runEntrypoint(port: port, retries: 60)
        let gateway = try Executable([
            "serve", "--listen", "127.0.0.1:\(port)", "--check", "cache=redis://127.0.0.1:\(redis.port)#period=200ms",
        ])
        defer { gateway.stop() }
        _ = try await gateway.waitForLine(containing: "to=fail")
        try await redis.start()
        let (end, output, errorOutput) = try await result
        #expect(end == .exited(0), "\(errorOutput)")
        #expect(output == "started\n")
    }

    @Test("The entrypoint says what is missing when the time is over")
    func failure() async throws {
        let port = FreePort.find()
        let gateway = try Executable([
            "serve", "--listen", "127.0.0.1:\(port)", "--check", "cache=redis://127.0.0.1:\(FreePort.find())",
        ])
        defer { gateway.stop() }
        _ = try await gateway.waitForLine(containing: "to=fail")
        let (end, output, errorOutput) = try await runEntrypoint(port: port, retries: 1)
        #expect(end == .exited(1))
        #expect(output.isEmpty)
        #expect(errorOutput.contains("[-]cache failed: connect.refused\nready check failed: connect.refused\n"))
    }

    private func recipe(_ name: String) throws -> String {
        try #require(try Markdown.readme().blocks.first { $0.name == name }).text
    }

    private func runEntrypoint(
        port: UInt16,
        retries: Int
    ) async throws -> (end: ChildProcess.End, output: String, errorOutput: String) {
        let script = try recipe("entrypoint").replacing("127.0.0.1:8484", with: "127.0.0.1:\(port)")
            .replacing("--retry 60", with: "--retry \(retries)")
        let run = try Executable(["-c", script, "entrypoint", "/bin/echo", "started"], program: "/bin/sh")
        let end = try await run.waitForEnd(within: .seconds(90))
        return (end, run.output, run.errorOutput)
    }
}
