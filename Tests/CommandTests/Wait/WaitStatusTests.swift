import Foundation
import TestSupport
import Testing

/// How `allclear wait` ends: CONTRACT section 2.
struct WaitStatusTests {
    private let server: ScriptedServer
    private let refused: RefusedPort
    private var up: String { "up=tcp://\(server.address)" }
    private var down: String { "down=tcp://127.0.0.1:\(refused.port)" }

    init() throws {
        server = try ScriptedServer(.silent)
        refused = try RefusedPort()
    }

    @Test("All pass: 0, with the startup timeline on standard output")
    func passes() async throws {
        let run = try await Executable.run(["wait", up, "tcp://\(server.address)"])
        #expect(run.end == .exited(0))
        let lines = run.output.split(separator: "\n").map { $0.split(separator: " ") }
        #expect(lines.first?.prefix(3) == ["allclear:", "ready", "after"])
        #expect(lines[1] == ["CHECK", "RESOLVED", "OPENED", "ANSWERED", "PASSED", "PROBES"])
        #expect(lines.dropFirst(2).map { $0[0] } == ["up", "tcp"])
    }

    @Test("The time limit: 124, with the last reason of every check")
    func timeout() async throws {
        let run = try await Executable.run(["wait", up, down, "--timeout", "300ms"])
        #expect(run.end == .exited(124))
        #expect(run.output.isEmpty)
        #expect(run.errorOutput.contains("not ready after"))
        #expect(run.errorOutput.hasSuffix("  up: passed\n  \(sentence)\n"), "\(run.errorOutput)")
    }

    private var sentence: String { "down: 127.0.0.1:\(refused.port): connect.refused: Connection refused" }

    @Test("The time limit covers the look-up of names, and servers that never answer")
    func silence() async throws {
        let names = try BlackHole()
        let run = try await Executable.run([
            "wait", "redis://127.0.0.1:\(names.port)#timeout=20s,period=20s", "--timeout", "300ms",
        ])
        #expect(run.end == .exited(124))
    }

    @Test("After a time-out COMMAND is never run")
    func timeoutBeforeCommand() async throws {
        let run = try await Executable.run(["wait", down, "--timeout", "100ms", "--", "echo", "run"])
        #expect(run.end == .exited(124))
        #expect(run.output.isEmpty)
    }

    @Test(
        "Bad usage: 2, or 125 with a COMMAND, and nothing is asked",
        arguments: [
            (["--bogus"], "bogus"), (["nonsense://x"], "nonsense"), ([], "nothing to check"),
            (["tcp://127.0.0.1:1", "--timeout", "5"], "--timeout: error: must be a length of time"),
            (["tcp://127.0.0.1:1", "--stable", "x"], "--stable: error"),
            (["tcp://127.0.0.1:1", "--give-up-after", "soon"], "`never`"),
            (["tcp://127.0.0.1:1", "--gate", "ready"], "no gate `ready` without --config"),
            (["--config", "/nowhere/allclear.yaml"], "no such file"), (["env:NOWHERE"], "NOWHERE"),
            (["redis://127.0.0.1:1#passwordFile=/nowhere/secret"], "/nowhere/secret: no such file"),
        ]
    )
    func usage(arguments: [String], word: String) async throws {
        let alone = try await Executable.run(["wait"] + arguments)
        #expect(alone.end == .exited(2))
        #expect(alone.output.isEmpty && alone.errorOutput.contains(word), "\(alone.errorOutput)")
        let before = try await Executable.run(["wait"] + arguments + ["--", "echo", "run"])
        #expect(before.end == .exited(125))
        #expect(before.output.isEmpty && before.errorOutput.contains(word), "\(before.errorOutput)")
    }

    @Test("What waiting will not mend: 3, or 123 with a COMMAND, and it says which and why", arguments: [3, 123])
    func inVain(status: Int32) async throws {
        let backend = try ScriptedServer(.postgresRefusing("28P01", "password authentication failed"))
        let url = "db=postgres://shop@\(backend.address)/shop"
        let command = status == 3 ? [] : ["--", "echo", "run"]
        let run = try await Executable.run(["wait", url, down, "--give-up-after", "1s"] + command)
        #expect(run.end == .exited(status))
        #expect(run.output.isEmpty)
        #expect(run.errorOutput.contains("waiting longer will not help db"), "\(run.errorOutput)")
        #expect(run.errorOutput.contains("  db: \(backend.address): login.denied"), "\(run.errorOutput)")
        #expect(run.errorOutput.contains("  \(sentence)"))
    }

    @Test("With --give-up-after never it goes on until the time limit")
    func patience() async throws {
        let backend = try ScriptedServer(.postgresRefusing("28P01", "password authentication failed"))
        let url = "postgres://shop@\(backend.address)/shop"
        let run = try await Executable.run(["wait", url, "--give-up-after", "never", "--timeout", "1s"])
        #expect(run.end == .exited(124))
    }

    @Test("SIGTERM ends it with 143, SIGINT with 130, at once, and COMMAND is not run", arguments: [SIGTERM, SIGINT])
    func signals(signal: Int32) async throws {
        let run = try Executable(["wait", down, "--timeout", "0s", "--", "echo", "run"])
        try await run.waitForLine(containing: "connect.refused")
        run.send(signal: signal)
        #expect(try await run.waitForEnd() == .exited(128 + signal))
        #expect(run.output.isEmpty)
        #expect(run.errorOutput.contains(sentence))
    }

    @Test("With --any one is enough")
    func any() async throws {
        #expect(try await Executable.run(["wait", up, down, "--any"]).end == .exited(0))
    }

    @Test("With --invert it waits until nobody answers")
    func inverted() async throws {
        let run = try await Executable.run(["wait", down, "--invert"])
        #expect(run.end == .exited(0))
        #expect(run.output.contains("down after"))
        let still = try await Executable.run(["wait", up, down, "--invert", "--timeout", "300ms"])
        #expect(still.end == .exited(124))
        #expect(still.errorOutput.contains("  up: still answers"))
    }

    @Test("With --quiet it prints nothing but errors")
    func quiet() async throws {
        let ready = try await Executable.run(["wait", up, "--quiet"])
        #expect(ready.end == .exited(0) && ready.output.isEmpty && ready.errorOutput.isEmpty)
        let late = try await Executable.run(["wait", down, "--quiet", "--timeout", "100ms"])
        #expect(late.errorOutput.contains(sentence))
    }

    @Test("With --format json one object tells all of it, on standard error with a COMMAND")
    func json() async throws {
        let ready = try await Executable.run(["wait", up, "--format", "json"])
        let late = try await Executable.run(["wait", down, "--format", "json", "--timeout", "100ms"])
        let before = try await Executable.run(["wait", up, "--format", "json", "--", "true"])
        #expect(before.output.isEmpty)
        #expect(try ending(before.errorOutput) == "reached")
        #expect(try ending(ready.output) == "reached")
        #expect(try ending(late.output) == "timed_out")
        #expect(late.output.contains(#""code":"connect.refused","class":"starting""#))
    }

    private func ending(_ text: String) throws -> String? {
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        return object?["ending"] as? String
    }

    @Test("Without URLs it waits for the startup gate of the configuration, or for the gate that is named")
    func gates() async throws {
        let folder = try TemporaryFolder("wait")
        let text = """
            checks:
              up: {url: "tcp://\(server.address)"}
              down: {url: "tcp://127.0.0.1:\(refused.port)"}
            gates: {startup: [up], half: {any: [up, down]}}
            """
        let file = folder.file("allclear.yaml")
        try folder.write(text, to: "allclear.yaml")
        #expect(try await Executable.run(["wait"], environment: ["ALLCLEAR_CONFIG": file]).end == .exited(0))
        #expect(try await Executable.run(["wait", "--config", file, "--gate", "half"]).end == .exited(0))
        let ready = try await Executable.run(["wait", "--config", file, "--gate", "ready", "--timeout", "100ms"])
        #expect(ready.end == .exited(124))
        let unknown = try await Executable.run(["wait", "--config", file, "--gate", "nothing"])
        #expect(unknown.end == .exited(2))
        #expect(unknown.errorOutput.contains("there are ready, startup, healthz, half"))
        let empty = try await Executable.run(["wait", "--config", file, "--gate", "healthz"])
        #expect(empty.end == .exited(2))
        // URLs beside a configuration that is named are waited for too.
        let both = try await Executable.run([
            "wait", "more=tcp://127.0.0.1:\(refused.port)", "--config", file, "--timeout", "100ms",
        ])
        #expect(both.end == .exited(124))
        #expect(both.errorOutput.contains("more: 127.0.0.1"))
        #expect(!both.errorOutput.contains("  down:"))
    }

    @Test("Where the startup gate would open with any first result, it waits for ready instead")
    func firstResults() async throws {
        let late = try await Executable.run(
            ["wait", "--timeout", "100ms"],
            environment: ["ALLCLEAR_CHECK_DOWN": "tcp://127.0.0.1:\(refused.port)"]
        )
        #expect(late.end == .exited(124))
        #expect(late.errorOutput.contains("waiting for the gate ready"))
    }
}
