import Foundation
import TestSupport
import Testing

/// How the program lives and leaves: CONTRACT section 8, FAULTS rows 43, 45 and 51.
struct SignalTests {
    private let server: ScriptedServer
    private var check: String { "db=tcp://\(server.address)#period=200ms,timeout=200ms" }

    init() throws {
        server = try ScriptedServer(.silent)
    }

    @Test("SIGTERM closes the gates at once, goes on serving for a while, and ends with 0")
    func terminate() async throws {
        // Longer than a busy machine takes for five questions.
        let folder = try TemporaryFolder("drain")
        try folder.write("drain: {delay: 10s, timeout: 15s}\n", to: "allclear.yaml")
        let options = ["--config", folder.file("allclear.yaml")]
        let gateway = try await RunningGateway(checks: [check], options: options)
        try await gateway.waitForStatus(200)
        gateway.executable.send(signal: SIGTERM)
        try await gateway.executable.waitForLine(containing: "draining")
        let ready = try await SimpleHTTPClient(port: gateway.port).get("/ready")
        #expect(ready.status == 503)
        #expect(ready.text.contains(#""code":"draining""#))
        #expect(try await gateway.status(of: "/healthz") == 200)
        #expect(try await gateway.status(of: "/startup") == 200)
        #expect(try await gateway.status(of: "/ready/db") == 200)
        #expect(try await gateway.executable.waitForEnd() == .exited(0))
    }

    @Test("SIGINT skips the delay; a second signal ends it at once", arguments: [[SIGINT], [SIGTERM, SIGTERM]])
    func atOnce(signals: [Int32]) async throws {
        let folder = try TemporaryFolder("drain")
        try folder.write("drain: {delay: 1h, timeout: 2h}\n", to: "allclear.yaml")
        let options = ["--config", folder.file("allclear.yaml")]
        let gateway = try await RunningGateway(checks: [check], options: options)
        for signal in signals {
            gateway.executable.send(signal: signal)
            try await gateway.executable.waitForLine(containing: "draining")
        }
        // The configured delay is an hour: only a skipped one lets it end within the bound.
        #expect(try await gateway.executable.waitForEnd() == .exited(0))
    }

    @Test("SIGHUP is ignored with a line")
    func hangUp() async throws {
        let gateway = try await RunningGateway(checks: [check])
        gateway.executable.send(signal: SIGHUP)
        try await gateway.executable.waitForLine(containing: "SIGHUP")
        try await gateway.waitForStatus(200)
    }

    @Test("Killed and started again, it binds at once and knows nothing until it has asked")
    func restart() async throws {
        let silent = try BlackHole()
        let checks = ["db=tcp://127.0.0.1:\(silent.port)#period=60s,timeout=60s"]
        let gateway = try await RunningGateway(checks: checks)
        #expect(try await gateway.status(of: "/ready") == 503)
        gateway.executable.send(signal: SIGKILL)
        try await gateway.executable.waitForEnd()
        let again = try Executable(["serve", "--listen", "127.0.0.1:\(gateway.port)", "--check", checks[0]])
        try await again.waitForLine(containing: "listening")
        let ready = try await SimpleHTTPClient(port: gateway.port).get("/ready")
        #expect(ready.status == 503)
        #expect(ready.text.contains(#""code":"pending""#))
        #expect(try await gateway.status(of: "/healthz") == 200)
    }

    @Test("Stopped and continued, it is right again, and has not asked for what it missed")
    func frozen() async throws {
        let gateway = try await RunningGateway(checks: [check])
        try await gateway.waitForStatus(200)
        gateway.executable.send(signal: SIGSTOP)
        let before = server.acceptedCount
        // Long enough for a pass to go stale: period 0.2 s + 2 x 0.2 s + 1 s.
        try await Task.sleep(for: .seconds(2))
        gateway.executable.send(signal: SIGCONT)
        try await gateway.waitForStatus(200)
        // Ten were missed; what follows is one at once, and at most a few at the usual pace while this looked.
        #expect(server.acceptedCount - before < 8)
    }
}
