import TestSupport
import Testing

/// What the program makes of an environment that names services.
struct DiscoverTests {
    @Test(
        "discover prints a file that gives the same checks in the same environment",
        arguments: RecordedEnvironment.allCases
    )
    func roundTrip(recorded: RecordedEnvironment) async throws {
        let environment = try recorded.variables([
            "DATABASE_URL": "postgres://u:\(RecordedEnvironment.canary)@db/x", "MONGODB_URL": "mongodb://db",
            "PGHOST": "other", "PGPASSWORD": RecordedEnvironment.canary,
        ])
        let sources = recorded == .kubernetesPod ? "links=postgres,redis,rabbitmq,mail-relay,urls" : "links,urls"
        let found = try await Executable.run(["discover", "--discover", sources], environment: environment)
        #expect(found.end == .exited(0))
        #expect(
            found.errorOutput.contains("MONGODB_URL: warning: discovery leaves it out: `mongodb://` is not built in\n")
        )
        let folder = try TemporaryFolder("discover")
        let file = try folder.write(found.output, to: "allclear.yaml")
        let fromFile = try await Executable.run(["explain", "--config", file], environment: environment)
        let direct = try await Executable.run(["explain", "--discover", sources], environment: environment)
        #expect(fromFile.end == .exited(0) && direct.end == .exited(0), "\(fromFile.errorOutput) \(direct.errorOutput)")
        #expect(checks(in: fromFile.output) == checks(in: direct.output))
        #expect(checks(in: direct.output).count > 30)
        for run in [found, fromFile, direct] {
            #expect(!(run.output + run.errorOutput).contains(RecordedEnvironment.canary))
        }
    }

    /// Without where they came from.
    private func checks(in explanation: String) -> [String] {
        let lines = explanation.split(separator: "\n").drop { $0 != "checks:" }
        return lines.map { line in String(line.prefix { $0 != "#" }) }
    }

    @Test("discover names the variables that each check came from, and takes its sources from ALLCLEAR_DISCOVER too")
    func origins() async throws {
        let environment = try RecordedEnvironment.dockerLinks.variables(["ALLCLEAR_DISCOVER": "links"])
        let run = try await Executable.run(["discover"], environment: environment)
        #expect(
            run.output.contains(
                """
                  redis:  # from REDIS_PORT_6379_TCP_ADDR, REDIS_PORT_6379_TCP_PORT
                    url: "redis://${REDIS_PORT_6379_TCP_ADDR}:${REDIS_PORT_6379_TCP_PORT}"
                    login: false

                """
            ),
            "\(run.output)"
        )
    }

    @Test("Secrets that hold a dollar sign, and users from files, come back from the file as they were")
    func awkward() async throws {
        let folder = try TemporaryFolder("discover")
        let user = try folder.write("us$$er ${x} \"q\"\n", to: "user")
        let environment = [
            "DB_NAME": "/web/db", "DB_PORT_5432_TCP_ADDR": "127.0.0.1", "DB_PORT_5432_TCP_PORT": "1",
            "POSTGRES_PASSWORD": "a$$b${c}", "POSTGRES_USER_FILE": user,
        ]
        let found = try await Executable.run(["discover"], environment: environment)
        let file = try folder.write(found.output, to: "allclear.yaml")
        let explained = try await Executable.run(["validate", "--config", file], environment: environment)
        #expect(explained.end == .exited(0), "\(explained.errorOutput)")
        #expect(found.output.contains(#"user: "us$$$$er $${x} \"q\"""#), "\(found.output)")
    }
}

/// The program beside real servers that are known by their environment alone.
@Suite(.enabled(if: RealServers.areWanted([.postgreSQL, .redis])))
struct DiscoveredServerTests {
    /// As Docker would link them, but for the ports.
    private func links(_ database: PostgreSQLServer, _ cache: RedisServer) -> [String: String] {
        [
            "DB_NAME": "/web/db", "DB_PORT": "tcp://127.0.0.1:5432", "DB_PORT_5432_TCP_ADDR": "127.0.0.1",
            "DB_PORT_5432_TCP_PORT": "\(database.port)", "CACHE_NAME": "/web/cache",
            "CACHE_PORT": "tcp://127.0.0.1:6379", "CACHE_PORT_6379_TCP_ADDR": "127.0.0.1",
            "CACHE_PORT_6379_TCP_PORT": "\(cache.port)",
        ]
    }

    @Test("serve checks what is linked, with and without credentials, and says where it knows it from")
    func serve() async throws {
        let database = try await PostgreSQLServer.start()
        let cache = try await RedisServer.start(.init(password: "canary-cache"))
        let password = PostgreSQLServer.superuserPassword
        let links = links(database, cache)
        let bare = try await RunningGateway(checks: [], options: ["--discover", "links"], environment: links)
        try await bare.waitForStatus(200)
        let gateway = try await RunningGateway(
            checks: [],
            options: ["--discover", "links"],
            environment: links.merging([
                "DB_ENV_POSTGRES_PASSWORD": password, "CACHE_ENV_REDIS_PASSWORD": "canary-cache",
            ]) { $1 }
        )
        try await gateway.waitForStatus(200)
        let line = try await gateway.executable.waitForLine(containing: "DB_PORT_5432_TCP_ADDR")
        #expect(line.contains("(CACHE_PORT_6379_TCP_ADDR)"))
        let denied = try await RunningGateway(
            checks: [],
            options: ["--discover", "links"],
            environment: links.merging(["DB_ENV_POSTGRES_PASSWORD": "canary-wrong"]) { $1 }
        )
        try await denied.waitForStatus(503)
        try await eventually("a refused login") {
            try await denied.client.get("/ready").text.contains(#""code":"login.denied""#)
        }
        for gateway in [bare, gateway, denied] {
            let text = gateway.executable.errorOutput + gateway.executable.output
            #expect(!text.contains(password) && !text.contains("canary"), "\(text)")
        }
        withExtendedLifetime((database, cache)) {}
    }

    @Test("wait without anything said waits for what the environment names, lists of hosts included")
    func wait() async throws {
        let database = try await PostgreSQLServer.start()
        let cache = try await RedisServer.prepared()
        let refused = try RefusedPort()
        let places = "127.0.0.1:\(refused.port),127.0.0.1:\(database.port)"
        let url = "postgresql+asyncpg://postgres:\(PostgreSQLServer.superuserPassword)@\(places)/postgres"
        let run = try Executable(
            ["wait"],
            environment: ["DATABASE_URL": url, "REDIS_URL": "redis://127.0.0.1:\(cache.port)"]
        )
        try await run.waitForLine(containing: "redis")
        try await cache.start()
        #expect(try await run.waitForEnd() == .exited(0), "\(run.errorOutput)")
        let text = run.output + run.errorOutput
        #expect(text.contains("database") && !text.contains(PostgreSQLServer.superuserPassword), "\(text)")
        withExtendedLifetime((database, cache)) {}
    }

    @Test("status finds the gateway of a configuration that only discovery fills")
    func status() async throws {
        let cache = try await RedisServer.start()
        let port = FreePort.find()
        let environment = [
            "REDIS_URL": "redis://127.0.0.1:\(cache.port)", "ALLCLEAR_DISCOVER": "urls",
            "ALLCLEAR_LISTEN": "127.0.0.1:\(port)",
        ]
        let gateway = try Executable(["serve"], environment: environment)
        try await gateway.waitForLine(containing: "listening")
        try await eventually("ready") {
            try await Executable.run(["status"], environment: environment).end == .exited(0)
        }
        gateway.stop()
        withExtendedLifetime(cache) {}
    }
}
