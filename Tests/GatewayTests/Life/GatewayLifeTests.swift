import Configuration
import Glibc
import Health
import MicroHTTP
import TestSupport
import Testing
import Transport

@testable import Gateway

@Suite("The life of a gateway", .timeLimit(.minutes(2)))
struct GatewayLifeTests {
    static let yaml = "checks: {db: {url: 'test://db'}}\n"

    @Test("It says where it listens and what it checks, answers, and on SIGTERM drains while it serves on")
    func life() async throws {
        let run = try await GatewayRun(Self.yaml + "gates:\n  mine: [db]\ndrain: {delay: 10m, timeout: 20m}")
        try await eventually { try await run.get("/ready").status == 200 }
        run.send(SIGTERM)
        try await eventually { try await run.get("/ready").status == 503 }
        #expect(try await run.get("/ready").text.contains(#""code":"draining""#))
        #expect(try await run.get("/healthz").status == 200)
        #expect(try await run.get("/startup").status == 200)
        #expect(try await run.get("/ready/db").status == 200)
        run.send(SIGTERM)
        try await run.waitForEnd()
        await #expect(throws: (any Error).self) { try await run.get("/healthz") }
        #expect(run.log.lines(with: "checking").count == 1)
        #expect(run.log.lines(with: "checks=db=test://db:1 (allclear.yaml:2)").count == 1)
        #expect(run.log.lines(with: "startup=[db], healthz=[], mine=[db] (allclear.yaml:4)").count == 1)
        #expect(run.log.lines(with: "notice draining").count == 1)
        #expect(run.log.lines.last == "notice stopped")
    }

    @Test(
        "A second SIGTERM, or SIGINT, ends it at once, however long it would have served on",
        arguments: [SIGTERM, SIGINT]
    )
    func hurried(signal: Int32) async throws {
        let run = try await GatewayRun(Self.yaml + "drain: {delay: 10m, timeout: 20m}")
        run.send(SIGTERM)
        try await eventually { run.log.lines(with: "draining").count > 0 }
        #expect(try await run.get("/healthz").status == 200)
        run.send(signal)
        try await run.waitForEnd()
    }

    @Test("SIGINT skips the delay")
    func interrupted() async throws {
        let run = try await GatewayRun(Self.yaml + "drain: {delay: 10m, timeout: 20m}")
        run.send(SIGINT)
        try await run.waitForEnd()
        #expect(run.log.lines(with: "notice draining").count == 1)
        #expect(run.log.lines.last == "notice stopped")
    }

    @Test("After the delay it ends by itself")
    func delayed() async throws {
        let run = try await GatewayRun(Self.yaml + "drain: {delay: 50ms, timeout: 20m}")
        run.send(SIGTERM)
        try await run.waitForEnd()
        #expect(run.log.lines.last == "notice stopped")
    }

    @Test("SIGHUP is ignored with a line")
    func hangUp() async throws {
        let run = try await GatewayRun(Self.yaml)
        run.send(SIGHUP)
        try await eventually { run.log.lines(with: "SIGHUP is ignored").count == 1 }
        #expect(try await run.get("/healthz").status == 200)
        run.send(SIGINT)
        try await run.waitForEnd()
    }

    @Test("A client that does not read its answer holds the end up for drain.timeout, unless a second SIGTERM comes")
    func unreadAnswer() async throws {
        let checks = (0..<300).map { "  check-\($0): {url: 'test://check-\($0)'}\n" }.joined()
        let run = try await GatewayRun("drain: {delay: 0s, timeout: 20m}\nchecks:\n" + checks)
        let lazy = try await Self.ask(run, for: "/metrics")
        run.send(SIGTERM)
        // Nobody is let in any more, so the rest of the answers is all that is waited for.
        try await eventually("the gateway lets nobody in") {
            (try? await onThread { try PlainSocket.connect(to: .loopback(run.port)) }) == nil
        }
        #expect(run.log.lines(with: "stopped").isEmpty)
        run.send(SIGTERM)
        try await run.waitForEnd()
        lazy.close()
    }

    /// Asks so often without reading that the answers fill every buffer between here and the server.
    private static func ask(_ run: GatewayRun, for path: String) async throws -> PlainSocket {
        let socket = try await onThread { try PlainSocket.connect(to: .loopback(run.port)) }
        let question = Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
        try await onThread { for _ in 0..<200 { try socket.write(question) } }
        try await eventually("an answer is on its way") {
            let text = try await run.get("/metrics").text
            return text.contains(#"allclear_connections{state="active"} 2"#)
        }
        return socket
    }

    @Test("Dying children do not keep it from looking after the checks")
    func childrenDying() async throws {
        // Passes once, then never comes back from its second probe.
        let probe = ScriptedProbe(.passes, .isLost)
        let run = try await GatewayRun(
            "checks: {db: {url: 'test://db', period: 200ms, timeout: 100ms}}",
            probes: ["db": probe]
        )
        try await eventually("the pass has gone stale, by the log", within: .seconds(60), every: .milliseconds(20)) {
            run.send(SIGCHLD)
            return run.log.lines(with: "code=stale").count > 0
        }
        run.send(SIGINT)
        try await run.waitForEnd()
    }

    @Test("A port that is taken is a failure that names it, and nothing stays behind")
    func portTaken() async throws {
        let run = try await GatewayRun(Self.yaml)
        let configuration = try Configuration.test("listen: ['127.0.0.1:\(run.port)']\n" + Self.yaml)
        let failure = try await onThread { () -> String in
            let gateway = try Gateway(
                configuration,
                plan: Plan(configuration, probes: [:]),
                network: Network(),
                environment: [:],
                version: "0.0.0",
                logger: RecordingLog().logger
            )
            do {
                try gateway.run(until: Signals())
                return "it runs"
            } catch {
                return "\(error)"
            }
        }
        #expect(failure.contains("127.0.0.1:\(run.port)"))
        run.send(SIGINT)
        try await run.waitForEnd()
    }
}
