import TestSupport
import Testing

/// The scripts of the README do what it says, with the real tools.
struct RecipeTests {
    @Test(
        "The entrypoint waits for the services, then is the application",
        .enabled(
            if: RealServers.areWanted([.postgreSQL, .redis, .gunicorn]),
            "\(RealServers.whyNot([.postgreSQL, .redis, .gunicorn]))"
        )
    )
    func entrypoint() async throws {
        let database = try await PostgreSQLServer.prepared()
        let cache = try await RedisServer.start()
        let shop = try Shop()
        let script = try recipe("entrypoint").replacing("allclear wait", with: "\(try Executable.path()) wait")
        let run = try Executable(
            ["-c", script, "entrypoint", "--bind=127.0.0.1:\(shop.port)"],
            environment: Shop.environment(database, cache),
            in: shop.path,
            program: "/bin/sh"
        )
        defer { run.stop() }
        try await run.waitForLine(containing: "db: 127.0.0.1:\(database.port): connect.refused")
        #expect(ProcessTable.name(of: run.process.processIdentifier) == "allclear")
        try await database.start()
        try await eventually("the shop") { try await shop.isOpen() }
        #expect(ProcessTable.name(of: run.process.processIdentifier) == "gunicorn")
    }

    @Test(
        "The entrypoint beside a gateway waits for it and the services, then becomes the application",
        .enabled(if: RealServers.areWanted([.redis]), "\(RealServers.whyNot([.redis]))")
    )
    func gateway() async throws {
        let port = FreePort.find()
        let redis = try await RedisServer.prepared()
        defer { redis.stop() }
        async let result = runBesideGateway(port: port, wait: "60s", retries: 60)
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

    @Test("The entrypoint beside a gateway says what is missing when the time is over")
    func failure() async throws {
        let port = FreePort.find()
        let gateway = try Executable([
            "serve", "--listen", "127.0.0.1:\(port)", "--check", "cache=redis://127.0.0.1:\(FreePort.find())",
        ])
        defer { gateway.stop() }
        _ = try await gateway.waitForLine(containing: "to=fail")
        let (end, output, errorOutput) = try await runBesideGateway(port: port, wait: "10ms", retries: 1)
        #expect(end == .exited(1))
        #expect(output.isEmpty)
        #expect(errorOutput.contains("[-]cache failed: connect.refused\nready check failed: connect.refused\n"))
    }

    @Test(
        "nginx is started with what was rendered, and not where a variable is missing",
        .enabled(if: RealServers.areWanted([.nginx]), "\(RealServers.whyNot([.nginx]))")
    )
    func render() async throws {
        let shop = try HTTPOrigin {
            .init(body: "\($0.headers["host"] ?? "") \($0.headers["x-forwarded-proto"] ?? "")")
        }
        let folder = try TemporaryFolder("nginx")
        let port = FreePort.find()
        let template = try Example("nginx.conf.template").text()
            .replacing("listen 8080", with: "listen 127.0.0.1:\(port)")
        try folder.write(template, to: "nginx.conf.template")
        let settings = "daemon off; master_process off; pid \(folder.file("pid"));"
        let script = try recipe("render").replacing("/etc/nginx/", with: "\(folder.path)/")
            .replacing("allclear render", with: "\(try Executable.path()) render")
            .replacing("daemon off;", with: settings)
            .replacing("exec nginx", with: "exec nginx -e stderr -c \(folder.file("nginx.conf"))")

        let missing = try Executable(["-c", script], program: "/bin/sh")
        #expect(try await missing.waitForEnd() == .exited(2))
        let place = "\(folder.file("nginx.conf.template")):10:31"
        #expect(
            missing.errorOutput
                == "\(place): error: the variable UPSTREAM is not set or empty: say where the application listens, as shop:8000\n"
        )

        let server = try Executable(
            ["-c", script],
            environment: ["UPSTREAM": "127.0.0.1:\(shop.port)"],
            program: "/bin/sh"
        )
        defer { server.stop() }
        let client = SimpleHTTPClient(port: port)
        try await eventually("an answer") {
            (try? await client.get("/", headers: ["Host": "shop.test"]).text) == "shop.test http"
        }
        withExtendedLifetime((folder, shop)) {}
    }

    private func recipe(_ name: String) throws -> String {
        try #require(try Markdown.readme().blocks.first { $0.name == name }).text
    }

    private func runBesideGateway(
        port: UInt16,
        wait: String,
        retries: Int
    ) async throws -> (end: ChildProcess.End, output: String, errorOutput: String) {
        let script = try recipe("entrypoint-gateway").replacing("localhost:8484", with: "127.0.0.1:\(port)")
            .replacing("wait=60s", with: "wait=\(wait)").replacing("--retry 60", with: "--retry \(retries)")
        let run = try Executable(["-c", script, "entrypoint", "/bin/echo", "started"], program: "/bin/sh")
        let end = try await run.waitForEnd(within: .seconds(90))
        return (end, run.output, run.errorOutput)
    }
}
