import Foundation
import TestSupport

/// What `make run` starts: a real PostgreSQL, a real Redis and the built gateway, until Ctrl-C.
@main
struct Playground {
    private let postgres: PostgreSQLServer
    private let redis: RedisServer
    private let gateway: Executable
    private let folder: TemporaryFolder
    private let port = FreePort.find()

    /// Not async: the runtime would then give up the main thread, and take signals on one where they are not blocked.
    static func main() {
        Interrupts.block()
        let ended = DispatchSemaphore(value: 0)
        Task.detached {
            do {
                let playground = try await Playground()
                let isRight = await playground.run()
                playground.stop()
                exit(isRight ? 0 : 1)
            } catch {
                say("\(error)")
                exit(1)
            }
        }
        ended.wait()
    }

    private init() async throws {
        Self.say("Starting PostgreSQL and Redis …")
        folder = try TemporaryFolder("playground")
        postgres = try await PostgreSQLServer.start()
        redis = try await RedisServer.start()
        try await postgres.execute("CREATE ROLE app LOGIN PASSWORD 'app-secret'")
        try await postgres.execute("CREATE DATABASE app OWNER app")
        try folder.write("app-secret\n", to: "db-password", mode: 0o600)
        let configuration = """
            listen: ["127.0.0.1:\(port)"]
            defaults: {period: 1s, timeout: 500ms, failureThreshold: 1}
            checks:
              db:
                url: postgres://app@127.0.0.1:\(postgres.port)/app
                passwordFile: \(folder.file("db-password"))
                role: primary
              cache:
                url: redis://127.0.0.1:\(redis.port)

            """
        try folder.write(configuration, to: "allclear.yaml")
        gateway = try Executable(["serve", "--config", folder.file("allclear.yaml")], in: folder.path)
    }

    /// Returns on Ctrl-C; false when the gateway ended before.
    private func run() async -> Bool {
        let client = SimpleHTTPClient(port: port)
        do {
            try await eventually("the gateway's /healthz", within: .seconds(10), every: .milliseconds(50)) {
                guard gateway.process.isRunning else { return true }
                return (try? await client.get("/healthz").status) == 200
            }
        } catch { Self.say("\(error)") }
        client.close()
        if gateway.process.isRunning { explain() }
        while gateway.process.isRunning {
            if Interrupts.come(within: .milliseconds(100)) {
                Self.say("\nStopping.")
                return true
            }
            // A server that was killed by hand is our child: until it is asked for, its number is taken, and PostgreSQL will not
            // start beside it.
            _ = (postgres.isRunning, redis.isRunning)
        }
        Self.say("allclear serve ended (\(gateway.process.outcome.map { "\($0)" } ?? "")) and said:")
        Self.say(gateway.errorOutput + gateway.output)
        return false
    }

    private func explain() {
        let address = "http://127.0.0.1:\(port)"
        Self.say(
            """

            The gateway     \(address)   (configuration: \(folder.file("allclear.yaml")))
            PostgreSQL      127.0.0.1:\(postgres.port)
            Redis           127.0.0.1:\(redis.port)

            Ask it:
              curl -i \(address)/ready
              curl '\(address)/ready?verbose'
              curl \(address)/ready/db

            Kill PostgreSQL, and bring it back:
              kill -9 $(head -1 \(postgres.dataFolder)/postmaster.pid)
              \(postgres.restartCommand)

            Kill Redis, and bring it back:
              kill -9 $(cat \(redis.pidFile))
              \(redis.restartCommand)

            Ctrl-C stops everything and leaves nothing behind.
            """
        )
    }

    private func stop() {
        gateway.stop()
        redis.stop()
        postgres.stop()
        folder.remove()
    }

    /// `print` keeps its words back where standard output is a pipe.
    private static func say(_ text: String) { FileHandle.standardOutput.write(Data("\(text)\n".utf8)) }
}
