import Foundation
import TestSupport
import Testing

/// What the process is given to live in: FAULTS rows 37, 41, 48, 49 and 50.
struct SurroundingsTests {
    private let server: ScriptedServer
    private var check: String { "db=tcp://\(server.address)#period=200ms,timeout=200ms" }

    init() throws {
        server = try ScriptedServer(.silent)
    }

    @Test(
        "With its standard streams closed, no socket takes their numbers",
        arguments: ["<&-", "2>&-", "<&- >&- 2>&-"]
    )
    func closedStreams(redirection: String) async throws {
        let port = FreePort.find()
        let command = "exec \(try Executable.path()) serve --listen 127.0.0.1:\(port) --check '\(check)' \(redirection)"
        let gateway = try Executable(["-c", command], program: "/bin/sh")
        let client = SimpleHTTPClient(port: port)
        try await eventually("200 on /ready") { (try? await client.get("/ready").status) == 200 }
        for descriptor in 0...2 {
            let path = "/proc/\(gateway.process.processIdentifier)/fd/\(descriptor)"
            let target = try FileManager.default.destinationOfSymbolicLink(atPath: path)
            #expect(!target.hasPrefix("socket:") && !target.hasPrefix("anon_inode:"), "\(descriptor) is \(target)")
        }
    }

    @Test("With few descriptors it keeps some for checks, goes on answering, and does not spin")
    func fewDescriptors() async throws {
        let gateway = try await RunningGateway(checks: [check], wrapper: ["prlimit", "--nofile=128:128"])
        try await gateway.waitForStatus(200)
        let crowd = (0..<200).compactMap { _ in try? PlainSocket.connect(to: .loopback(gateway.port)) }
        defer { for socket in crowd { socket.close() } }
        let accepted = server.acceptedCount
        try await eventually("further checks") { server.acceptedCount > accepted + 3 }
        try await gateway.waitForStatus(200)
        try await gateway.waitForStatus(200, on: "/healthz")
        let metrics = try await SimpleHTTPClient(port: gateway.port).get("/metrics").text
        let spent = metrics.split(separator: "\n").first { $0.hasPrefix("process_cpu_seconds_total ") }
        // A spinning accept loop takes whole seconds by now.
        #expect(try #require(spent.flatMap { Double($0.split(separator: " ")[1]) }) < 2)
    }

    @Test("Foreign variables, locale, time zone and proxies change nothing")
    func oddEnvironment() async throws {
        let odd = [
            "PGHOST": "nowhere", "PGSSLMODE": "verify-full", "PGOPTIONS": "-c x=y", "http_proxy": "http://127.0.0.1:1",
            "ALL_PROXY": "socks5://127.0.0.1:1", "LC_ALL": "tr_TR.UTF-8", "TZ": ":/nowhere", "HOME": "/nowhere",
            "RES_OPTIONS": "ndots:nonsense",
        ]
        let origin = try HTTPOrigin(["/": .init(body: "ok")])
        let gateway = try await RunningGateway(checks: [check, "web=http://\(origin.address)/"], environment: odd)
        try await gateway.waitForStatus(200)
    }

    @Test("It runs as nobody, from a folder that it cannot write", .enabled(if: getuid() == 0))
    func unprivileged() async throws {
        let folder = try TemporaryFolder("nobody")
        let program = folder.file("allclear")
        try await Executable.copy(to: program)
        chmod(folder.path, 0o755)
        chmod(program, 0o755)
        let port = FreePort.find()
        let arguments = [
            "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--no-new-privs", "--", program, "serve",
        ]
        let gateway = try Executable(
            arguments + ["--listen", "127.0.0.1:\(port)", "--check", check],
            program: "/usr/bin/setpriv"
        )
        try await gateway.waitForLine(containing: "listening")
        let client = SimpleHTTPClient(port: port)
        try await eventually("200 on /ready") { try await client.get("/ready").status == 200 }
    }

    @Test("It runs from a read-only root without /tmp", .enabled(if: getuid() == 0))
    func readOnlyRoot() async throws {
        // Run through its descriptor, and without the sanitizer's preloaded library: both may lie below /tmp.
        let hideAndRun = """
            exec 3<"$1" && shift
            mount --rbind / / && mount -o remount,bind,ro / && mount -t tmpfs -o ro,mode=0 none /tmp || exit 99
            touch /written 2>/dev/null && exit 98
            unset LD_PRELOAD && export TSAN_OPTIONS=report_bugs=0
            exec /proc/self/fd/3 "$@"
            """
        let gateway = try await RunningGateway(
            checks: [check],
            wrapper: ["unshare", "--mount", "sh", "-c", hideAndRun, "sh"]
        )
        try await gateway.waitForStatus(200)
        gateway.executable.send(signal: SIGTERM)
        #expect(try await gateway.executable.waitForEnd() == .exited(0))
    }

    @Test(
        "As PID 1 it reaps orphans, keeps its own children's statuses, and obeys SIGTERM",
        .enabled(if: getuid() == 0)
    )
    func processOne() async throws {
        let folder = try TemporaryFolder("one")
        // Each run leaves an orphan that ends at once.
        let script = "#!/bin/sh\n(sleep 0.01 &)\necho counted >> \(folder.file("runs"))\nexit 0\n"
        try folder.write(script, to: "leave-an-orphan")
        chmod(folder.file("leave-an-orphan"), 0o755)
        try folder.write(
            "checks:\n  worker: {command: [\(folder.file("leave-an-orphan"))], period: 100ms, timeout: 100ms}\n",
            to: "allclear.yaml"
        )
        let gateway = try await RunningGateway(
            checks: [],
            options: ["--config", folder.file("allclear.yaml")],
            wrapper: ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
        )
        try await gateway.waitForStatus(200)
        try await eventually("twenty runs") { folder.read("runs").count > 20 * "counted\n".count }
        try await gateway.waitForStatus(200)
        let inside = try #require(try await children(of: gateway.executable.process.processIdentifier).first)
        try await eventually("no zombies") { try await zombies(under: inside) == 0 }
        kill(inside, SIGTERM)
        #expect(try await gateway.executable.waitForEnd() == .exited(0))
    }

    @Test(
        "System calls that fail now and then stop nothing",
        .enabled(if: Tool.find("strace") != nil),
        arguments: [
            "accept4:error=ECONNABORTED:when=2+3", "accept4:error=EMFILE:when=2+5", "epoll_pwait2:error=EINTR:when=5+7",
            "socket:error=EMFILE:when=12+4", "connect:error=EADDRNOTAVAIL:when=2+4", "clone3:error=EAGAIN:when=12+2",
            "epoll_pwait2:error=ENOSYS:when=1+",
        ]
    )
    func failingCalls(fault: String) async throws {
        let gateway = try await RunningGateway(
            checks: [check],
            wrapper: ["strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", "inject=\(fault)"]
        )
        for _ in 0..<10 { try await gateway.waitForStatus(200, on: "/healthz") }
        try await gateway.waitForStatus(200)
        gateway.executable.send(signal: SIGTERM)
    }

    private func children(of process: Int32) async throws -> [Int32] {
        try await Tool.run(["ps", "-o", "pid=", "--ppid", "\(process)"]).split(whereSeparator: \.isWhitespace)
            .compactMap { Int32($0) }
    }

    private func zombies(under process: Int32) async throws -> Int {
        let states = (try? await Tool.run(["ps", "-o", "stat=", "--ppid", "\(process)"])) ?? ""
        return states.split(separator: "\n").count { $0.hasPrefix("Z") }
    }
}
