import Foundation
import TestSupport

/// What the machine grants the process: rows 37 to 41.
let limitRows: [Row] = [
    .run(37, "descriptor limit", needs: [.tool("prlimit")]) {
        let upstream = try ScriptedServer(.silent)
        let check = "db=tcp://\(upstream.address)\(Tempo.usual.options)"
        let setting = GatewayUnderTest.Setting(
            checks: [check],
            wrapper: ["prlimit", "--nofile=160:160"],
            keeping: [upstream]
        )
        try await GatewayUnderTest.run(setting) { gateway in
            let address = ServerAddress.loopback(gateway.port)
            let crowd = (0..<400).compactMap { _ in try? PlainSocket.connect(to: address) }
            let (asked, spent) = (upstream.acceptedCount, Footprint.processorTime(of: gateway.process))
            try await Task.sleep(for: .seconds(4))
            let busy = (Footprint.processorTime(of: gateway.process) - spent) / 4
            try demand(busy < 0.5, "it is busy for \(Int(busy * 100)) % of the time")
            try demand(upstream.acceptedCount > asked + 3, "checks have stopped")
            try await gateway.expect("ready", "pass", within: .zero)
            for socket in crowd { socket.close() }
            try await gateway.expect("ready", "pass", within: .seconds(1))
        }
    },
    .run(38, "memory limit: 64 MiB and 2,000 clients", needs: [.root], within: .seconds(90)) {
        let upstream = try ScriptedServer(.silent)
        let group = try ControlGroup(.memory, limit: "\(64 << 20)")
        let checks = (0..<50).map { "c\($0)=tcp://\(upstream.address)#period=1s,timeout=1s" }
        try await GatewayUnderTest.run(.init(checks: checks, wrapper: group.wrapper, keeping: [upstream, group])) {
            gateway in
            let address = ServerAddress.loopback(gateway.port)
            let request = Array("GET /ready HTTP/1.1\r\nHost: h\r\n\r\n".utf8)
            try await onThread {
                var crowd: [PlainSocket] = []
                for _ in 0..<2_000 {
                    let socket = try PlainSocket.connect(to: address)
                    try? socket.write(request)
                    crowd.append(socket)
                }
                Thread.sleep(forTimeInterval: 5)
                withExtendedLifetime(crowd) {}
            }
            try await gateway.expectSteady("ready", for: .seconds(1))
        }
    },
    .run(39, "pids limit: no thread and no child can be made", needs: [.root]) {
        let upstream = try HTTPOrigin(["/": .init(body: "pong")])
        let folder = try TemporaryFolder("pids")
        let word = try folder.write("one", to: "word", mode: 0o600)
        let configuration = """
            defaults: {period: 500ms, timeout: 500ms}
            checks:
              tcp: {url: "tcp://\(upstream.address)"}
              pattern: {url: "http://\(upstream.address)/", body: "~ p[a-z]ng"}
              secret: {url: "http://\(upstream.address)/", bearerTokenFile: "\(word)"}
              child: {command: ["/bin/true"]}

            """
        let group = try ControlGroup(.pids, limit: "max")
        let setting = GatewayUnderTest.Setting(
            configuration: configuration,
            wrapper: group.wrapper,
            keeping: [upstream, folder, group]
        )
        try await GatewayUnderTest.run(setting) { gateway in
            try group.set(limit: "1")
            try await gateway.expect("child", "run.overloaded", within: .seconds(4))
            try await gateway.expectSteady("tcp", for: .seconds(5))
            try await gateway.expectSteady("healthz", for: .seconds(1))
            try group.set(limit: "max")
            try await gateway.expect("ready", "pass", within: .seconds(4))
        }
        // So few that it cannot start says so, and is no crash.
        try group.set(limit: "2")
        let start = try Executable(
            Array(group.wrapper.dropFirst()) + [try Executable.path(), "serve", "--check", "a=tcp://127.0.0.1:1"],
            program: "/bin/sh"
        )
        let end = try await start.waitForEnd(within: .seconds(5))
        guard case .exited(let status) = end, status > 0, !start.errorOutput.isEmpty else {
            throw Shortfall("without threads its start ends with \(end): \(start.errorOutput)")
        }
    },
    .run(40, "log pipe full; its reader gone; disk full") {
        let isUp = Flapping()
        let origin = try HTTPOrigin { _ in .init(isUp.next() ? 200 : 500) }
        // Enough changes to fill a pipe (64 KiB) and the queue (1,000 lines) within seconds.
        let checks = (0..<30)
            .map { "c\($0)=http://\(origin.address)/#period=100ms,timeout=100ms,failureThreshold=1,required=false" }
        for fault in LogFault.allCases {
            let folder = try TemporaryFolder("log")
            let path = fault == .diskFull ? "/dev/full" : folder.file("pipe")
            let pipe = fault == .diskFull ? nil : try LogPipe(path)
            let setting = GatewayUnderTest.Setting(
                checks: checks,
                wrapper: ["sh", "-c", #"exec "$@" 2>"$0""#, path],
                startsReady: false,
                keepsLog: false,
                keeping: [origin, folder]
            )
            do {
                try await GatewayUnderTest.run(setting) { gateway in
                    if fault == .readerGone { pipe?.close() }
                    try await gateway.expectSteady("healthz", for: .seconds(fault == .pipeFull ? 12 : 3))
                    guard fault == .pipeFull, let pipe else { return }
                    // With a reader again, the lines that were lost are told of.
                    try await eventually("a line about dropped lines", within: .seconds(10)) {
                        pipe.read().contains("log lines were dropped")
                    }
                    pipe.fill()
                }
            } catch { throw Shortfall("\(fault): \(error)") }
        }
    },
    .run(41, "descriptors 0, 1 and 2 closed") {
        let upstream = try ScriptedServer(.silent)
        let setting = GatewayUnderTest.Setting(
            checks: ["db=tcp://\(upstream.address)\(Tempo.usual.options)"],
            wrapper: ["sh", "-c", #"exec "$0" "$@" <&- >&- 2>&-"#],
            keepsLog: false,
            keeping: [upstream]
        )
        try await GatewayUnderTest.run(setting) { gateway in
            for descriptor in 0...2 {
                let path = "/proc/\(gateway.process)/fd/\(descriptor)"
                let target = try FileManager.default.destinationOfSymbolicLink(atPath: path)
                try demand(target == "/dev/null", "descriptor \(descriptor) is \(target)")
            }
            try await gateway.expectSteady("ready", for: .seconds(2))
        }
    },
]

private enum LogFault: String, CaseIterable {
    case pipeFull = "pipe full"
    case readerGone = "reader gone"
    case diskFull = "disk full"
}
