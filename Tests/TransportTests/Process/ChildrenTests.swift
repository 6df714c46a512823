import Foundation
import TestSupport
import Testing

@testable import Transport

/// Both ways to wait for a child: with a process descriptor, and as on kernels that have none.
@Suite(.serialized) struct ChildrenTests {
    static let ways = [true, false]

    @Test("A program's output and exit status are heard", arguments: ways)
    func exits(way: Bool) async throws {
        let result = try await run(["echo one; echo two >&2; exit 3"], way)
        #expect(result == .success(.init(ending: .exited(status: 3), output: Array("one\ntwo\n".utf8))))
        #expect(try await run(["true"], way) == .success(.init(ending: .exited(status: 0), output: [])))
        #expect(try await run(["kill -9 $$"], way) == .success(.init(ending: .signalled(9), output: [])))
    }

    @Test("A program has an empty environment, stands in /, reads nothing, and inherits no descriptor and no signal")
    func surroundings() async throws {
        // A descriptor that forgot to close itself, as a library's may.
        let stray = open("/dev/null", O_RDONLY)
        defer { close(stray) }
        _ = signal(SIGUSR1, SIG_IGN)
        defer { signal(SIGUSR1, SIG_DFL) }
        let script = """
            pwd; cat; [ -e /proc/$$/fd/\(stray) ] && echo stray; tr '\\0' '\\n' </proc/$$/environ
            grep -E 'Sig(Blk|Ign)' /proc/self/status; [ "$(cut -d' ' -f6 /proc/$$/stat)" = $$ ] && echo leader
            """
        let result = try await run([script], environment: ["A=1", "B=x=y"])
        let output = String(decoding: try result.get().output, as: UTF8.self)
        // 32 and 33 are glibc's own, which it always ignores in a new program.
        #expect(output == "/\nA=1\nB=x=y\nSigBlk:\t0000000000000000\nSigIgn:\t0000000180000000\nleader\n")
    }

    @Test("What cannot be started says why", arguments: ways)
    func notStarted(way: Bool) async throws {
        let folder = try TemporaryFolder("children")
        // Written by another process: what this one has open for writing, a child of another test may hold for a moment,
        // and nobody can run it then.
        let write = """
            cd \(folder.path) && echo '#!/no/such/interpreter' >script && echo nonsense >nonsense && : >plain &&
            chmod 755 script nonsense && chmod 644 plain
            """
        try #require(try await run([write], way).get().ending == .exited(status: 0))
        let (noProgram, notExecutable) = (folder.file("script"), folder.file("plain"))
        let nonsense = folder.file("nonsense")
        #expect(try await failure(of: ["/no/such/program"], way)?.reason == .notFound)
        #expect(try await failure(of: ["\(notExecutable)/x"], way)?.reason == .notFound)
        #expect(try await failure(of: [noProgram], way)?.reason == .notFound)
        #expect(try await failure(of: [notExecutable], way)?.reason == .denied)
        #expect(try await failure(of: [folder.path], way)?.reason == .denied)
        #expect(try await failure(of: [nonsense], way) == TransportFailure(.run, .unexpected, "Exec format error"))
    }

    @Test("At the deadline the whole group dies, whoever holds the pipe", arguments: ways)
    func deadline(way: Bool) async throws {
        let mark = Mark()
        let script = "sh -c 'trap \"\" TERM HUP; sleep \(mark.seconds)' & sh -c 'exec sleep \(mark.seconds)' & wait"
        let failure = try await failure(of: ["/bin/sh", "-c", script], way, within: .milliseconds(200))
        #expect(failure == TransportFailure(.run, .timedOut))
        try await eventually("end of the group") { mark.processes.isEmpty }
    }

    @Test("A grandchild that holds the pipe is neither waited for nor left behind", arguments: ways)
    func grandchild(way: Bool) async throws {
        let mark = Mark()
        let result = try await run(["echo up; sleep \(mark.seconds) & exit 0"], way)
        #expect(result == .success(.init(ending: .exited(status: 0), output: Array("up\n".utf8))))
        try await eventually("end of the grandchild") { mark.processes.isEmpty }
    }

    @Test("A cancelled run kills the group at once", arguments: ways)
    func cancelled(way: Bool) async throws {
        let mark = Mark()
        let task = Task { try await run(["sleep \(mark.seconds) & wait"], way, within: .seconds(3600)) }
        try await eventually("a running child") { mark.processes.count == 1 }
        task.cancel()
        #expect(try await task.value == .failure(TransportFailure(.run, .closed, "cancelled")))
        try await eventually("end of the group") { mark.processes.isEmpty }
    }

    @Test("Output is kept up to 4 KiB and taken up to 1 MiB; who writes without end is killed")
    func output() async throws {
        let much = try await run(["head -c 100000 /dev/zero; exit 7"]).get()
        #expect(much.output.count == Command.mostOutput && much.ending == .exited(status: 7))
        let closed = try await run(["exec >/dev/null 2>&1; exit 4"]).get()
        #expect(closed.ending == .exited(status: 4))
        let mark = Mark()
        let endless = try await failure(of: ["/bin/sh", "-c", "sleep \(mark.seconds) & exec cat /dev/zero"])
        #expect(endless?.reason == .unexpected)
        try await eventually("end of the group") { mark.processes.isEmpty }
    }

    @Test("Nothing is left after hundred runs of each outcome")
    func leaks() async throws {
        let before = openDescriptors()
        for _ in 0..<100 {
            _ = try await run(["exit 1"])
            _ = try await failure(of: ["/no/such/program"])
            _ = try await failure(of: ["/bin/sleep", "60"], within: .milliseconds(2))
        }
        // Other tests open and close descriptors meanwhile, but not hundreds.
        #expect(openDescriptors() - before < 80)
        try await eventually("no zombie") { !childProcesses().contains { $0.isZombie } }
    }

    @Test("Orphans are reaped, and our own children are left to those who wait for them")
    func orphans() async {
        // In a process of its own: the reaper would also take the servers that other tests started.
        await #expect(processExitsWith: .success) {
            try becomeSubreaper()
            let children = Children()
            let reaper = Task {
                while !Task.isCancelled {
                    children.reapOrphans()
                    try? await Task.sleep(for: .milliseconds(1))
                }
            }
            for _ in 0..<50 {
                // The grandchild escapes to a session of its own, and becomes ours when its parent ends.
                let command = Command(["/bin/sh", "-c", "setsid sleep 0.01 & exit 5"])
                let result = try await result(of: command, children, within: .seconds(30)).get()
                try #require(result.ending == .exited(status: 5))
            }
            try await eventually("end of the orphans") {
                childProcesses().allSatisfy { !["sleep", "setsid", "sh"].contains($0.name) }
            }
            reaper.cancel()
            await reaper.value
        }
    }

    @Test("Where the kernel reaps by itself, a lost exit status is no pass")
    func lostStatus() async {
        await #expect(processExitsWith: .success) {
            _ = signal(SIGCHLD, SIG_IGN)
            let failed = try await result(of: Command(["/bin/true"]), Children(), within: .seconds(30))
            let failure = try #require(throws: TransportFailure.self) { try failed.get() }
            try #require(failure.stage == .run && failure.reason == .unexpected)
        }
    }

    // MARK: - Running

    private func run(
        _ script: [String],
        _ way: Bool = true,
        environment: [String] = [],
        within patience: Duration = .seconds(30),
        children: Children? = nil
    ) async throws -> Result<Command.Result, TransportFailure> {
        let command = Command(["/bin/sh", "-c"] + script, environment: environment)
        return try await result(of: command, children ?? Children(usesProcessDescriptors: way), within: patience)
    }

    private func failure(
        of words: [String],
        _ way: Bool = true,
        within patience: Duration = .seconds(30)
    ) async throws -> TransportFailure? {
        switch try await result(of: Command(words), Children(usesProcessDescriptors: way), within: patience) {
        case .success: nil
        case .failure(let failure): failure
        }
    }
}

/// Runs a command on a loop of its own, on which nothing may be left.
private func result(
    of command: Command,
    _ children: Children,
    within patience: Duration
) async throws -> Result<Command.Result, TransportFailure> {
    let loop = try EventLoop()
    try loop.start(named: "test")
    defer { loop.stop() }
    let result = await attempt(command, children, within: patience, on: loop)
    let load = await loop.load
    #expect(load.slots == 0 && load.timers == 0)
    return result
}

private func attempt(
    _ command: Command,
    _ children: Children,
    within patience: Duration,
    on loop: isolated EventLoop
) async -> Result<Command.Result, TransportFailure> {
    do throws(TransportFailure) {
        return .success(try await children.run(command, with: SideThreads(), until: loop.now + patience, on: loop))
    } catch {
        return .failure(error)
    }
}

/// A number of seconds that no other `sleep` on this machine has, to find those of one test.
private struct Mark {
    let seconds = Int.random(in: 1_000_000_000...9_000_000_000)

    /// The processes that sleep so long, as far as they have not ended.
    var processes: [String] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.filter { Int($0) != nil }
            .filter { entry in
                guard let line = FileManager.default.contents(atPath: "/proc/\(entry)/cmdline") else { return false }
                return line.split(separator: 0).contains { String(decoding: $0, as: UTF8.self).hasSuffix("\(seconds)") }
            }
    }
}

/// The children of this process, those included that have ended and that nobody has reaped.
private func childProcesses() -> [(name: Substring, isZombie: Bool)] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.filter { Int($0) != nil }
        .compactMap { entry in
            guard let data = FileManager.default.contents(atPath: "/proc/\(entry)/stat") else { return nil }
            // `1 (name) state parent …`; none of the names here has a parenthesis or a space.
            let fields = String(decoding: data, as: UTF8.self).split(separator: " ")
            guard fields.count > 3, fields[3] == "\(getpid())" else { return nil }
            return (fields[1].dropFirst().dropLast(), fields[2] == "Z")
        }
}

/// Makes this process inherit orphans below it, as PID 1 does.
private func becomeSubreaper() throws {
    // Swift imports no variadic functions; this one takes its arguments like any other on x86-64 and arm64.
    typealias ProcessControl = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32
    let control = unsafeBitCast(try #require(dlsym(nil, "prctl")), to: ProcessControl.self)
    let setChildSubreaper: Int32 = 36
    try #require(control(setChildSubreaper, 1, 0, 0, 0) == 0)
}
