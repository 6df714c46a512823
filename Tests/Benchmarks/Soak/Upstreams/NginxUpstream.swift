import BenchmarkSupport
import Foundation
import Synchronization
import TestSupport

/// A web server of its own process, with checks by HTTP and by a bare connection.
///
/// While it is frozen the kernel goes on accepting connections for it.
final class NginxUpstream: Upstream {
    let name = "web"
    let checks: [Check]
    let disturbances: [Disturbance] = [.killed, .killed, .frozen, .restarted, .stalled]
    private let program: Program
    private let run: Mutex<Contender>

    init() async throws {
        program = try Program.nginx()
        run = Mutex(try await program.start())
        let address = "127.0.0.1:\(program.port)"
        checks = [
            Check(name: "web", url: "http://\(address)/ready", manner: .fresh),
            Check(name: "web-held", url: "http://\(address)/ready", manner: .held),
            Check(name: "socket", url: "tcp://\(address)", manner: .fresh, blindTo: [.frozen]),
            Check(name: "socket-held", url: "tcp://\(address)", manner: .held, blindTo: [.frozen]),
        ]
    }

    func disturb(_ disturbance: Disturbance) async throws -> ContinuousClock.Instant {
        switch disturbance {
        case .killed: return try await end(with: SIGKILL)
        case .restarted:
            let moment = try await end(with: SIGTERM)
            try launch()
            return moment
        case .frozen, .stalled: return send(SIGSTOP)
        default: preconditionFailure("not for nginx")
        }
    }

    func mend(_ disturbance: Disturbance) async throws -> ContinuousClock.Instant {
        switch disturbance {
        case .killed:
            let now = ContinuousClock.now
            try launch()
            return now
        case .frozen, .stalled: return send(SIGCONT)
        default: return .now
        }
    }

    func answers() -> Bool { Asker(port: program.port, target: "/ready").status() == 200 }

    func stop() { run.withLock { $0.stop() } }

    private func send(_ signal: Int32) -> ContinuousClock.Instant {
        let now = ContinuousClock.now
        run.withLock { $0.executable.send(signal: signal) }
        return now
    }

    private func end(with signal: Int32) async throws -> ContinuousClock.Instant {
        let moment = send(signal)
        try await run.withLock { $0 }.executable.waitForEnd()
        return moment
    }

    private func launch() throws {
        let next = try program.launch()
        run.withLock { $0 = next }
    }
}
