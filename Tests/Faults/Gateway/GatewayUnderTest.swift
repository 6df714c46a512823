import Foundation
import TestSupport

/// The built program, put through a fault while somebody asks it all the time (`Watch`).
final class GatewayUnderTest: Sendable {
    let executable: Executable
    let port: UInt16
    let watch: Watch
    private let folder: TemporaryFolder
    private let kept: [any Sendable]

    /// How it is started.
    struct Setting: Sendable {
        /// Those of the command line, `name=url`.
        var checks: [String] = []
        /// Instead of them, what stands in the configuration file but for the listener, which tells all.
        var configuration = ""
        /// A command line that runs what follows it, and becomes it.
        var wrapper: [String] = []
        var environment: [String: String] = [:]
        /// How long an answer may take.
        var patience = Duration.milliseconds(250)
        /// Whether it is to be ready before the fault.
        var startsReady = true
        /// Whether its log can be read here.
        var keepsLog = true
        /// Servers and folders that must be there as long as it is; Swift would let them go at their last mention.
        var keeping: [any Sendable] = []
    }

    /// Starts it and waits until it answers.
    static func start(_ setting: Setting) async throws -> GatewayUnderTest {
        let gateway = try GatewayUnderTest(setting)
        try await eventually("an answer of the gateway", within: .seconds(20)) {
            guard gateway.executable.process.isRunning else {
                throw Shortfall("the gateway ended at its start: \(gateway.executable.errorOutput)")
            }
            return (try? await gateway.get("/healthz").status) == 200
        }
        if setting.startsReady { try await gateway.expect("ready", "pass", within: .seconds(20)) }
        return gateway
    }

    /// Starts it, lets `body` make the fault and end it, and sees that what is demanded in every row has held.
    static func run(_ setting: Setting, _ body: (GatewayUnderTest) async throws -> Void) async throws {
        let gateway = try await start(setting)
        defer { withExtendedLifetime(gateway) {} }
        let before = Footprint(of: gateway.process)
        gateway.watch.start()
        do {
            try await body(gateway)
        } catch {
            let ended = gateway.executable.process.outcome.map { "; the gateway ended: \($0)" } ?? ""
            let seen = gateway.watch.complaint.map { "; meanwhile \($0)" } ?? ""
            throw error is Skipped ? error : Shortfall("\(error)\(ended)\(seen)")
        }
        await gateway.watch.stop()
        if let complaint = gateway.watch.complaint { throw Shortfall(complaint) }
        try await gateway.demandNoGrowth(since: before)
        if setting.keepsLog { try await gateway.demandFewLines() }
        try await gateway.leave()
    }

    static func run(
        checks: String...,
        keeping: any Sendable...,
        body: (GatewayUnderTest) async throws -> Void
    ) async throws {
        try await run(Setting(checks: checks, keeping: keeping), body)
    }

    private init(_ setting: Setting) throws {
        kept = setting.keeping
        port = FreePort.find()
        watch = Watch(port: port, patience: setting.patience)
        // The folder that it works in is that by which the watchdog finds it.
        folder = try TemporaryFolder("faults")
        let listener = #"listen: [{address: "127.0.0.1:\#(port)", detail: full}]"#
        let file = try folder.write("\(listener)\n\(setting.configuration)", to: "allclear.yaml")
        var words = ["serve", "--config", file] + setting.checks.flatMap { ["--check", $0] }
        var wrapper = setting.wrapper
        if !wrapper.isEmpty {
            words = wrapper.dropFirst() + [try Executable.path()] + words
            wrapper[0] = Tool.find(wrapper[0]) ?? wrapper[0]
        }
        executable = try Executable(
            words,
            environment: setting.environment,
            in: folder.path,
            program: wrapper.first
        )
    }

    deinit { executable.stop(grace: .zero) }

    /// The gateway's own number, behind wrappers that stay.
    var process: Int32 {
        var process = executable.process.processIdentifier
        while ProcessTable.name(of: process) != "allclear" {
            let children =
                (try? String(contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)) ?? ""
            guard let child = children.split(separator: " ").first.flatMap({ Int32($0) }) else { break }
            process = child
        }
        return process
    }

    func send(signal: Int32) { kill(process, signal) }

    /// Asks on a connection of its own.
    func get(_ target: String) async throws -> HTTPReply {
        try await SimpleHTTPClient(.loopback(port), within: .seconds(5)).get(target)
    }

    /// `pass` where the gate or check called `name` is open, else the code of what closes it.
    func state(of name: String) async throws -> String {
        let reply = try await get(name == "ready" || name == "healthz" ? "/\(name)" : "/ready/\(name)")
        if reply.status == 200 { return "pass" }
        return Document(reply)?.code ?? "status \(reply.status)"
    }

    /// Waits until a gate or check is in one of these states: `pass`, or a code.
    func expect(_ name: String, _ states: String..., within bound: Duration) async throws {
        let end = ContinuousClock.now + bound
        while true {
            let state = try await state(of: name)
            if states.contains(state) { return }
            guard ContinuousClock.now < end else {
                throw Shortfall("\(name) is \(state), not \(states.joined(separator: " or ")), after \(bound)")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Sees that a gate or check stays open.
    func expectSteady(_ name: String, for time: Duration) async throws {
        let end = ContinuousClock.now + time
        while ContinuousClock.now < end {
            let state = try await state(of: name)
            try demand(state == "pass", "\(name) is \(state)")
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The values of /metrics by series.
    func metrics() async throws -> [String: Double] {
        try await get("/metrics").text.split(separator: "\n").filter { !$0.hasPrefix("#") }
            .reduce(into: [:]) { values, line in
                guard let space = line.lastIndex(of: " ") else { return }
                values[String(line[..<space])] = Double(line[line.index(after: space)...])
            }
    }

    /// Changes of level so far.
    func transitionCount() async throws -> Int {
        Int(try await metrics().filter { $0.key.hasPrefix("allclear_transitions_total") }.values.reduce(0, +))
    }

    private func demandNoGrowth(since before: Footprint) async throws {
        var after = before
        do {
            try await eventually("no growth", within: .seconds(15), every: .milliseconds(100)) {
                after = Footprint(of: process)
                return after.fits(before)
            }
        } catch { throw Shortfall("grew from \(before) to \(after)") }
    }

    /// A line for each change of a check and of each gate that it is in, those at start, and one every 30 s.
    private func demandFewLines() async throws {
        let lines = executable.errorOutput.split(separator: "\n").count
        let allowed = 20 + 5 * (try await transitionCount())
        try demand(lines <= allowed, "\(lines) lines in the log, more than \(allowed)")
    }

    /// Has it end, which it must also after the fault.
    func leave() async throws {
        send(signal: SIGINT)
        do {
            let end = try await executable.waitForEnd(within: .seconds(8))
            try demand(end == .exited(0), "ended with \(end)")
        } catch is WaitTimedOut { throw Shortfall("does not end 8 s after SIGINT") }
    }
}
