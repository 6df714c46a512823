import Foundation
import TestSupport
import Testing

/// The image's root file system, with real servers outside of it. Needs root, for mounts and `chroot`.
@Suite(
    .serialized,
    .enabled(if: ImageRoot.made != nil && getuid() == 0, "needs root, and an image root: `make test-image` makes one")
)
struct ImageTests {
    @Test("From scratch, read-only and without rights, it reaches PostgreSQL, Redis and RabbitMQ over TLS, verified")
    func scratch() async throws {
        let certificates = try await Certificates.make()
        let database = try await PostgreSQLServer.start(.init(certificate: certificates.server))
        let cache = try await RedisServer.start(.init(certificate: certificates.server))
        let broker = try await RabbitMQServer.start(.init(certificate: certificates.server))
        defer { broker.stop() }
        let root = try ImageRoot.scratch(files: [ImageRoot.issuers: certificates.authority])
        let secret = PostgreSQLServer.superuserPassword
        let gateway = try await RunningGateway(
            checks: [
                "db=env:DATABASE_URL",
                "cache=rediss://127.0.0.1:\(try #require(cache.securePort))#period=500ms,timeout=500ms",
                "broker=amqps://127.0.0.1:\(try #require(broker.securePort))#period=2s",
            ],
            environment: [
                "DATABASE_URL":
                    "postgres://postgres:\(secret)@127.0.0.1:\(database.port)/postgres?sslmode=verify-full#period=1s"
            ],
            wrapper: root.wrapper,
            program: ImageRoot.program
        )
        try await gateway.waitForStatus(200)

        let health = try ImageSource.healthCheck()
        let address = ["ALLCLEAR_ADDRESS": "http://127.0.0.1:\(gateway.port)"]
        let healthy = try await root.run(health, environment: address)
        #expect(healthy.process.outcome == .exited(0), "\(healthy.output) \(healthy.errorOutput)")

        try await cache.kill9()
        try await gateway.waitForStatus(503)
        let outcome = try await root.run([ImageRoot.program, "status"], environment: address).process.outcome
        #expect(outcome == .exited(1))
        #expect(try await root.run(health, environment: address).process.outcome == .exited(0))
        gateway.executable.send(signal: SIGTERM)
        #expect(try await gateway.executable.waitForEnd() == .exited(0))
    }

    enum Kind: CaseIterable {
        case scratch, debian, alpine

        func root() throws -> ImageRoot {
            switch self {
            case .scratch: try .scratch()
            case .debian: try .debian()
            case .alpine: try .alpine()
            }
        }
    }

    @Test("The folder runs in any root, with its own libraries, all of them and no others", arguments: Kind.allCases)
    func ownLibraries(_ kind: Kind) async throws {
        let origin = try HTTPOrigin(["/": .init()])
        let root = try kind.root()
        let gateway = try await RunningGateway(
            // The kinds that load libraries of their own; nothing listens for the second.
            checks: ["web=http://127.0.0.1:\(origin.port)/", "db=postgres://postgres@127.0.0.1:1/#required=false"],
            wrapper: root.wrapper,
            program: ImageRoot.program
        )
        defer { withExtendedLifetime(root) {} }
        try await gateway.waitForStatus(200)
        let folder = try #require(ImageRoot.made) + "/opt/allclear"
        let libraries = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/lib")
            .map { "\(folder)/lib/\($0)" }
        let expected = try Set((libraries + ["\(folder)/bin/allclear"]).map(FileIdentity.init))
        let mapped = try await FileIdentity.mapped(by: gateway.executable.process.processIdentifier)
        #expect(mapped.subtracting(expected) == [])
        #expect(expected.subtracting(mapped) == [])
    }

    @Test("An entrypoint script of another image calls it")
    func entrypoint() async throws {
        let script = "\(ImageRoot.program) probe tcp://127.0.0.1:1 || echo not yet"
        let root = try ImageRoot.alpine()
        let run = try await root.run(["/bin/sh", "-c", script])
        #expect(
            run.output.contains("connect.refused") && run.output.contains("not yet"),
            "\(run.output) \(run.errorOutput)"
        )
    }

    @Test("Without /proc it says so, and takes no command for another")
    func withoutProc() async throws {
        let folder = try TemporaryFolder("root")
        let script =
            "cp -al '\(try #require(ImageRoot.made))/.' '\(folder.path)' && exec chroot '\(folder.path)' \"$@\""
        let run = try Executable(["-c", script, "sh", ImageRoot.program, "--version"], program: "/bin/sh")
        #expect(try await run.waitForEnd() == .exited(2))
        #expect(run.errorOutput.contains("mount /proc"), "\(run.errorOutput)")
        folder.remove()
    }
}

/// Which file something is, by whatever path it is reached.
struct FileIdentity: Hashable {
    let device: UInt64
    let number: UInt64

    init(_ path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0 else { throw SystemFailure("stat \(path)") }
        device = UInt64(status.st_dev)
        number = UInt64(status.st_ino)
    }

    /// The files that a process has mapped as code (proc(5), map_files).
    static func mapped(by process: Int32) async throws -> Set<FileIdentity> {
        let lines = try await Tool.run(["cat", "/proc/\(process)/maps"]).split(separator: "\n")
        let ranges = lines.filter { $0.contains(" r-xp ") && $0.contains("/") }.map { $0.prefix { $0 != " " } }
        return try Set(ranges.map { try FileIdentity("/proc/\(process)/map_files/\($0)") })
    }
}
