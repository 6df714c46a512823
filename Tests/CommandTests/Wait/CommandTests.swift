import Foundation
import TestSupport
import Testing

/// What COMMAND finds when `allclear wait` has become it: the process as it was before.
struct CommandTests {
    private let server: ScriptedServer
    /// Ready at once, and silent.
    private var wait: [String] { ["wait", "up=tcp://\(server.address)", "--quiet", "--"] }

    init() throws {
        server = try ScriptedServer(.silent)
    }

    /// Runs a script of the shell, in which `"$@"` is a command line up to `--`.
    private func shell(_ script: String, environment: [String: String] = [:]) async throws -> String {
        let run = try Executable(
            ["-c", script, "sh", try Executable.path()] + wait,
            environment: environment,
            program: "/bin/sh"
        )
        try await run.waitForEnd()
        return run.output + run.errorOutput
    }

    @Test("It keeps the process: PID, exit status, words with spaces")
    func becomes() async throws {
        let run = try Executable(wait + ["sh", "-c", "echo $$; echo \"$1\"; exit 42", "sh", "two  words --"])
        let process = run.process.processIdentifier
        #expect(try await run.waitForEnd() == .exited(42))
        #expect(run.output == "\(process)\ntwo  words --\n")
    }

    @Test("Options of COMMAND are its own, also when they are spelt as ours")
    func options() async throws {
        let run = try await Executable.run(wait + ["echo", "--timeout", "1s", "--help", "--", "--quiet"])
        #expect(run.output == "--timeout 1s --help -- --quiet\n")
    }

    @Test("What cannot be found is 127, what cannot be run is 126, and both say why")
    func notRun() async throws {
        let missing = try await Executable.run(wait + ["no-such-program"])
        #expect(missing.end == .exited(127))
        #expect(missing.errorOutput == "allclear: error: cannot run no-such-program: No such file or directory\n")
        let folder = try await Executable.run(wait + ["/etc/passwd"])
        #expect(folder.end == .exited(126))
    }

    @Test("No descriptor of ours is left to it")
    func descriptors() async throws {
        let listed = try await Executable.run(wait + ["ls", "/proc/self/fd"])
        // The last is the one by which `ls` reads the folder.
        #expect(listed.output == "0\n1\n2\n3\n")
    }

    @Test("What was closed is closed again, what was open is as it was, and blocks as it did")
    func standardStreams() async throws {
        #expect(try await shell(#""$@" ls /proc/self/fd <&- | tr '\n' ' '"#) == "0 1 2 ")
        let flags = #"stat -c %a /dev/null >/dev/null; for fd in 0 1 2; do grep flags /proc/self/fdinfo/$fd; done"#
        let before = try await shell("sh -c '\(flags)'")
        #expect(try await shell("\"$@\" sh -c '\(flags)'") == before)
    }

    @Test(
        "Signals, limits and file mask are those that it had",
        arguments: ["", "trap '' PIPE INT HUP; ", "ulimit -n 300; "]
    )
    func signalsAndLimits(preparation: String) async throws {
        // Of signals the first 32: the next two are the C library's own.
        let look = "grep -E '^(Sig(Blk|Ign)|Umask)' /proc/self/status | grep -o '........$'; cat /proc/self/limits"
        let before = try await shell("\(preparation)exec sh -c \"\(look)\"")
        let after = try await shell("\(preparation)exec \"$@\" sh -c \"\(look)\"")
        #expect(before == after)
        #expect(before.contains("Max core file size"))
    }

    @Test("The environment is the one that allclear received, byte for byte and in its order")
    func environment() async throws {
        let odd = [
            "PGHOST": "nowhere", "PGPASSWORD": "a\"b=c", "PGSERVICE": "x", "ALLCLEAR_LOG_LEVEL": "debug", "EMPTY": "",
        ]
        let before = try await shell(
            "export BYTES=$(printf '\\377\\376'); exec cat /proc/self/environ | od -c",
            environment: odd
        )
        let after = try await shell(
            "export BYTES=$(printf '\\377\\376'); exec \"$@\" cat /proc/self/environ | od -c",
            environment: odd
        )
        #expect(before == after)
        #expect(after.contains("377"))
    }

    @Test("Words that are no text come through byte for byte")
    func bytes() async throws {
        #expect(try await shell(#""$@" printf %s "$(printf '\377\376')" | od -An -tx1"#) == " ff fe\n")
    }

    @Test("A signal of COMMAND's own life is COMMAND's")
    func signalled() async throws {
        let run = try Executable(
            wait + ["sh", "-c", "trap 'echo caught; exit 5' TERM; echo up; while :; do sleep 0.05; done"]
        )
        try await run.waitForLine(containing: "up")
        run.send(signal: SIGTERM)
        #expect(try await run.waitForEnd() == .exited(5))
        #expect(run.output == "up\ncaught\n")
    }

    @Test("As PID 1 it hears signals while it waits, and COMMAND is PID 1 afterwards", .enabled(if: getuid() == 0))
    func processOne() async throws {
        let unshare = "/usr/bin/unshare"
        let wrapper = ["--pid", "--fork", "--mount-proc", "--kill-child", try Executable.path()]
        let ready = try Executable(wrapper + wait + ["sh", "-c", "echo $$; cat /proc/1/comm"], program: unshare)
        try await ready.waitForEnd()
        #expect(ready.output == "1\nsh\n", "\(ready.errorOutput)")
        let refused = try RefusedPort()
        let waiting = try Executable(
            wrapper + ["wait", "tcp://127.0.0.1:\(refused.port)", "--timeout", "0s", "--", "echo", "run"],
            program: unshare
        )
        try await waiting.waitForLine(containing: "connect.refused")
        let inside = try await Tool.run(["ps", "-o", "pid=", "--ppid", "\(waiting.process.processIdentifier)"])
        kill(try #require(Int32(inside.filter(\.isNumber))), SIGTERM)
        #expect(try await waiting.waitForEnd() == .exited(143))
        #expect(waiting.output.isEmpty)
    }
}
