import Foundation
import Synchronization
import TestSupport
import Testing

/// `status --wait`: the entrypoint of an application whose image has no curl.
struct StatusWaitTests {
    /// Closed as long as nothing stands at the port.
    private static func check(_ port: UInt16) -> [String] {
        ["serve", "--check", "main=tcp://127.0.0.1:\(port)#period=100ms"]
    }

    @Test(
        "It waits for a gateway that starts later and for a Redis that comes up after it, and prints the table once",
        .enabled(if: RealServers.areWanted([.redis]), "\(RealServers.whyNot([.redis]))")
    )
    func comesUp() async throws {
        let cache = try await RedisServer.start()
        try await cache.kill9()
        let port = FreePort.find()
        let status = try Executable(["status", "--wait", "2m", "--address", "127.0.0.1:\(port)"])
        // Long enough for many refusals.
        try await Task.sleep(for: .milliseconds(300))
        #expect(status.process.isRunning)
        let checks = ["--check", "cache=redis://127.0.0.1:\(cache.port)#period=500ms"]
        let gateway = try Executable(["serve", "--listen", "127.0.0.1:\(port)"] + checks)
        defer { withExtendedLifetime(gateway) {} }
        try await Self.waitForWaiters(1, port)
        #expect(status.output.isEmpty)
        try await cache.start()
        #expect(try await status.waitForEnd() == .exited(0))
        #expect(status.output.hasPrefix("ready: pass\nCHECK"), "\(status.output)")
        #expect(status.errorOutput.isEmpty)
    }

    @Test("At its time limit it ends with 124 and says what is closed, or that nobody answers")
    func timeLimit() async throws {
        let gone = try RefusedPort()
        let gateway = try await RunningGateway(arguments: Self.check(gone.port))
        let closed = try await Executable.run(["status", "--wait", "300ms", "--address", "127.0.0.1:\(gateway.port)"])
        #expect(closed.end == .exited(124))
        #expect(closed.output.hasPrefix("ready: fail: main: no connection: refused\n"), "\(closed.output)")
        let json = ["status", "main", "--wait", "300ms", "--address", "127.0.0.1:\(gateway.port)", "--format", "json"]
        let document = try await Executable.run(json)
        #expect(document.end == .exited(124))
        #expect(document.output.hasPrefix(#"{"status":"fail","open":false,"gate":"main""#), "\(document.output)")
        let nobody = try await Executable.run(["status", "--wait", "300ms", "--address", "127.0.0.1:\(gone.port)"])
        #expect(nobody.end == .exited(124))
        #expect(nobody.errorOutput == "allclear: no answer from 127.0.0.1:\(gone.port): connect.refused\n")
    }

    @Test(
        "SIGINT and SIGTERM end it at once, whether somebody answers or not",
        arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)]
    )
    func signals(signal: Int32, code: Int32) async throws {
        let gone = try RefusedPort()
        let gateway = try await RunningGateway(arguments: Self.check(gone.port))
        let waiting = try Executable(["status", "--wait", "1h", "--address", "127.0.0.1:\(gateway.port)"])
        try await Self.waitForWaiters(1, gateway.port)
        waiting.send(signal: signal)
        #expect(try await waiting.waitForEnd() == .exited(code))
        try await Self.waitForWaiters(0, gateway.port)

        let origin = try HTTPOrigin { _ in .init(503) }
        let refused = try Executable(["status", "--wait", "1h", "--address", "127.0.0.1:\(origin.port)"])
        try await eventually("it asks") { !origin.requests.isEmpty }
        refused.send(signal: signal)
        #expect(try await refused.waitForEnd() == .exited(code))
    }

    @Test("A gateway on a unix socket is waited for, its socket too")
    func unixSocket() async throws {
        let folder = try TemporaryFolder("status-wait")
        defer { folder.remove() }
        let address = "unix:\(folder.file("socket"))"
        let status = try Executable(["status", "main", "--wait", "2m", "--address", address])
        let port = FreePort.find()
        let gateway = try Executable(Self.check(port) + ["--listen", address])
        defer { withExtendedLifetime(gateway) {} }
        try await gateway.waitForLine(containing: "check changed")
        #expect(status.process.isRunning)
        let server = try ScriptedServer(.silent, at: .tcp(host: "127.0.0.1", port: port))
        defer { withExtendedLifetime(server) {} }
        #expect(try await status.waitForEnd() == .exited(0))
    }

    @Test("An older gateway, which knows no wait, is asked again and again without")
    func olderGateway() async throws {
        let asked = Mutex(0)
        let origin = try HTTPOrigin { request in
            if request.target.contains("wait=") { return .init(400, body: #"{"detail":"unknown parameter"}"#) }
            let count = asked.withLock { asked in
                asked += 1
                return asked
            }
            return count < 4 ? .init(503) : .init(200, body: #"{"status":"pass","open":true,"gate":"ready"}"#)
        }
        let run = try await Executable.run(["status", "--wait", "1m", "--address", "127.0.0.1:\(origin.port)"])
        #expect(run.end == .exited(0))
        #expect(run.output == "ready: pass\n")
        #expect(
            origin.requests.map(\.target) == ["/ready?verbose&wait=30s"]
                + [String](repeating: "/ready?verbose", count: 4)
        )
    }

    @Test("Answers that come early are no end: where too many wait, or the gateway stops and another takes its place")
    func earlyAnswers() async throws {
        let asked = Mutex(0)
        let origin = try HTTPOrigin { _ in
            let count = asked.withLock { asked in
                asked += 1
                return asked
            }
            return count < 4 ? .init(503, headers: [("Retry-After", "1")]) : .init(200)
        }
        let run = try await Executable.run(["status", "--wait", "1m", "--address", "127.0.0.1:\(origin.port)"])
        #expect(run.end == .exited(0))
        #expect(origin.requests.count == 4)

        let port = FreePort.find()
        let arguments = Self.check(port)
        let first = try await RunningGateway(arguments: arguments)
        let status = try Executable(["status", "--wait", "2m", "--address", "127.0.0.1:\(first.port)"])
        try await Self.waitForWaiters(1, first.port)
        first.executable.send(signal: SIGINT)
        #expect(try await first.executable.waitForEnd() == .exited(0))
        let second = try Executable(arguments + ["--listen", "127.0.0.1:\(first.port)"])
        defer { withExtendedLifetime(second) {} }
        try await Self.waitForWaiters(1, first.port)
        let server = try ScriptedServer(.silent, at: .tcp(host: "127.0.0.1", port: port))
        defer { withExtendedLifetime(server) {} }
        #expect(try await status.waitForEnd() == .exited(0))
    }

    @Test("What waiting does not mend ends it at once with 1")
    func inVain() async throws {
        let gone = try RefusedPort()
        let gateway = try await RunningGateway(arguments: Self.check(gone.port))
        let run = try await Executable.run([
            "status", "nobody", "--wait", "1h", "--address", "127.0.0.1:\(gateway.port)",
        ])
        #expect(run.end == .exited(1))
        #expect(run.errorOutput.contains("nobody"), "\(run.errorOutput)")
    }

    @Test("SIGTERM answers all who wait, each with 503 and why, and the gateway ends with 0")
    func gatewayStops() async throws {
        let gone = try RefusedPort()
        let gateway = try await RunningGateway(arguments: Self.check(gone.port))
        try await withThrowingTaskGroup(of: HTTPReply.self) { group in
            for _ in 0..<20 {
                group.addTask { try await SimpleHTTPClient(port: gateway.port).get("/ready?wait=5m") }
            }
            try await Self.waitForWaiters(20, gateway.port)
            gateway.executable.send(signal: SIGTERM)
            for try await reply in group {
                #expect(reply.status == 503)
                #expect(reply.text.contains(#""code":"draining""#))
            }
        }
        #expect(try await gateway.executable.waitForEnd() == .exited(0))
    }

    /// Waits until so many answers are held back.
    private static func waitForWaiters(_ count: Int, _ port: UInt16) async throws {
        try await eventually("\(count) wait") {
            let reply = try? await SimpleHTTPClient(port: port).get("/metrics")
            return reply?.text.contains("\nallclear_waiters \(count)\n") == true
        }
    }
}
