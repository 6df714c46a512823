import Foundation
import TestSupport

/// Time and signals: rows 42 to 45, 47, 49 and 51.
let lifeRows: [Row] = [
    .run(42, "clock +1 h, -1 h, +10 d, -10 y") {
        let upstream = try ScriptedServer(.silent)
        let clock = try FakeClock()
        let checks = ["db=tcp://\(upstream.address)\(Tempo.usual.options)"]
        let setting = GatewayUnderTest.Setting(
            checks: checks,
            wrapper: clock.wrapper,
            environment: clock.environment,
            keeping: [upstream]
        )
        try await GatewayUnderTest.run(setting) { gateway in
            let year = try await yearOfLastProbe(gateway)
            for shift in ["+1h", "-1h", "+10d", "-10y"] {
                try clock.set(shift)
                let spent = Footprint.processorTime(of: gateway.process)
                try await gateway.expectSteady("ready", for: .seconds(3))
                let busy = (Footprint.processorTime(of: gateway.process) - spent) / 3
                try demand(busy < 0.5, "\(shift): it is busy for \(Int(busy * 100)) % of the time")
                let negative = try await gateway.metrics().filter { $0.value < 0 }.keys
                try demand(negative.isEmpty, "\(shift): \(negative.joined(separator: ", ")) is negative")
            }
            let now = try await yearOfLastProbe(gateway)
            try demand(now < year, "the clock's jump to \(now) was none")
            try demand(try await gateway.transitionCount() == 1, "the level has changed")
        }
    },
    .run(43, "frozen 6 s") {
        let upstream = try ScriptedServer(.silent)
        let tempo = Tempo.usual
        try await GatewayUnderTest.run(checks: "db=tcp://\(upstream.address)\(tempo.options)", keeping: upstream) {
            gateway in
            gateway.watch.pause()
            gateway.send(signal: SIGSTOP)
            try await Task.sleep(for: .seconds(6))
            let asked = upstream.acceptedCount
            gateway.send(signal: SIGCONT)
            gateway.watch.resume()
            try await gateway.expect("ready", "pass", within: tempo.recovery)
            try await Task.sleep(for: .seconds(2))
            // Fifteen probes were missed; in these two seconds five or so are due.
            let burst = upstream.acceptedCount - asked
            try demand(burst <= 10, "\(burst) probes after it went on")
        }
    },
    .run(44, "checker thread hung, HTTP alive", needs: [.tool("strace")], within: .seconds(100)) {
        let upstream = try ScriptedServer(.silent)
        let tempo = Tempo(period: .seconds(1), timeout: .seconds(1), failureThreshold: 2)
        try await GatewayUnderTest.run(checks: "db=tcp://\(upstream.address)\(tempo.options)", keeping: upstream) {
            gateway in
            let tracer = try await Tracer.freezing("checks", of: gateway.process)
            // 2 × timeout + 1 s after the next result was due (CONTRACT section 1).
            try await gateway.expect("ready", "stale", within: .seconds(6))
            try await gateway.expectSteady("healthz", for: .seconds(20))
            gateway.watch.pause()
            try await gateway.expect("healthz", "stale", "status 503", within: .seconds(15))
            tracer.stop()
            try await gateway.expect("ready", "pass", within: .seconds(5))
            try await gateway.expect("healthz", "pass", within: .seconds(2))
            gateway.watch.resume()
            try await gateway.expectSteady("healthz", for: .seconds(1))
        }
    },
    .run(45, "SIGTERM idle and in a check, twice, and SIGINT") {
        let upstream = try ScriptedServer(.silent)
        let hole = try BlackHole()
        let (idle, busy) = ("tcp://\(upstream.address)", "tcp://127.0.0.1:\(hole.port)#period=60s,timeout=60s")
        for (url, signals) in [(idle, [SIGTERM]), (busy, [SIGTERM]), (busy, [SIGTERM, SIGTERM]), (busy, [SIGINT])] {
            let gateway = try await GatewayUnderTest.start(
                .init(checks: ["db=\(url)"], startsReady: url == idle, keeping: [upstream, hole])
            )
            let start = ContinuousClock.now
            for signal in signals {
                gateway.send(signal: signal)
                // Two that come at once are one.
                if signal == SIGTERM { try await gateway.executable.waitForLine(containing: "draining") }
            }
            if signals == [SIGTERM] { try await gateway.expect("ready", "draining", within: .milliseconds(500)) }
            let end = try await gateway.executable.waitForEnd(within: .seconds(5))
            let time = ContinuousClock.now - start
            try demand(end == .exited(0), "\(signals): ended with \(end)")
            // The delay is 1 s.
            try demand(time < .seconds(signals == [SIGTERM] ? 3 : 1), "\(signals): ended after \(time)")
        }
    },
    .run(47, "configuration missing, secret unreadable, port taken; secret lost at run time") {
        let origin = try HTTPOrigin(["/": .init(body: "ok")])
        let folder = try TemporaryFolder("secret")
        let taken = try ScriptedServer(.silent)
        let url = "http://\(origin.address)/"
        let starts = [
            (["--config", folder.file("none.yaml")], folder.file("none.yaml")),
            (["--check", "a=\(url)#bearerTokenFile=\(folder.file("none"))"], folder.file("none")),
            (["--check", "a=\(url)", "--listen", "127.0.0.1:\(taken.port)"], "\(taken.port)"),
        ]
        for (words, place) in starts {
            let start = try Executable(["serve"] + words)
            let end = try await start.waitForEnd(within: .seconds(5))
            guard case .exited(let status) = end, status > 0 else { throw Shortfall("\(place): ended with \(end)") }
            try demand(start.errorOutput.contains(place), "\(place) is not named: \(start.errorOutput)")
        }
        withExtendedLifetime(taken) {}
        try folder.write("one", to: "token", mode: 0o600)
        let token = "token=\(url)\(Tempo.usual.options),bearerTokenFile=\(folder.file("token"))"
        try await GatewayUnderTest.run(checks: token, "plain=\(url)\(Tempo.usual.options)", keeping: origin) {
            gateway in
            try FileManager.default.removeItem(atPath: folder.file("token"))
            try await gateway.expect("token", "configure.not_found", within: Tempo.usual.detection)
            try await gateway.expectSteady("plain", for: .seconds(2))
            try folder.write("one", to: "token", mode: 0o600)
            try await gateway.expect("ready", "pass", within: Tempo.usual.recovery)
        }
    },
    .run(49, "PID 1: orphans are reaped, SIGTERM is obeyed", needs: [.root, .tool("unshare")]) {
        let folder = try TemporaryFolder("one")
        let script = try folder.write("#!/bin/sh\n(sleep 0.05 &)\nexit 0\n", to: "leave-an-orphan", mode: 0o755)
        let configuration = "checks: {worker: {command: [\(script)], period: 200ms, timeout: 200ms}}\n"
        let wrapper = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
        let setting = GatewayUnderTest.Setting(configuration: configuration, wrapper: wrapper, keeping: [folder])
        try await GatewayUnderTest.run(setting) { gateway in
            try await gateway.expectSteady("ready", for: .seconds(5))
        }
        let gateway = try await GatewayUnderTest.start(setting)
        gateway.send(signal: SIGTERM)
        let end = try await gateway.executable.waitForEnd(within: .seconds(5))
        try demand(end == .exited(0), "ended with \(end)")
    },
    .run(51, "kill -9 and a new start") {
        let upstream = try ScriptedServer(.silent)
        let folder = try TemporaryFolder("again")
        let hole = try BlackHole()
        let gateway = try await GatewayUnderTest.start(
            .init(checks: ["db=tcp://\(upstream.address)"], keeping: [upstream])
        )
        gateway.send(signal: SIGKILL)
        try await gateway.executable.waitForEnd()
        let words = ["--listen", "127.0.0.1:\(gateway.port)", "--check", "db=tcp://127.0.0.1:\(hole.port)#timeout=5s"]
        let start = ContinuousClock.now
        let again = try Executable(["serve"] + words, in: folder.path)
        var answered: HTTPReply?
        while answered == nil, ContinuousClock.now - start < .seconds(2) { answered = try? await gateway.get("/ready") }
        try demand(again.process.isRunning, "it does not start again: \(again.errorOutput)")
        try demand(answered?.status == 503, "its first answer is \(answered?.statusLine ?? "none within 2 s")")
        try demand(answered.flatMap { Document($0)?.code } == "pending", "it knows before it has asked")
        again.stop()
        withExtendedLifetime((hole, folder)) {}
    },
]

/// By the gateway's wall clock.
private func yearOfLastProbe(_ gateway: GatewayUnderTest) async throws -> Int {
    let text = try await gateway.get("/ready").text
    guard let place = text.range(of: #""time":""#), let year = Int(text[place.upperBound...].prefix(4)) else {
        throw Shortfall("no time in \(text)")
    }
    return year
}
