import BenchmarkSupport
import Synchronization
import TestSupport

/// A small server inside this process, which can stop listening while it keeps its connections, and say that it cannot.
final class OriginUpstream: Upstream {
    let name = "origin"
    let checks: [Check]
    let disturbances: [Disturbance] = [.refused, .failing]
    private let server: HTTPOrigin
    private let mood: Mood

    private final class Mood: Sendable {
        let isFailing = Mutex(false)
    }

    init() throws {
        let mood = Mood()
        self.mood = mood
        server = try HTTPOrigin { _ in
            mood.isFailing.withLock { $0 } ? .init(500, body: "out of order\n") : .init(200, body: "well\n")
        }
        let address = "127.0.0.1:\(server.port)"
        checks = [
            Check(name: "origin", url: "http://\(address)/", manner: .fresh),
            Check(name: "origin-held", url: "http://\(address)/", manner: .held),
            Check(name: "origin-socket", url: "tcp://\(address)", manner: .held, blindTo: [.failing]),
        ]
    }

    func disturb(_ disturbance: Disturbance) async throws -> ContinuousClock.Instant {
        let now = ContinuousClock.now
        switch disturbance {
        case .refused: server.refuse()
        case .failing: mood.isFailing.withLock { $0 = true }
        default: preconditionFailure("not for this server")
        }
        return now
    }

    func mend(_ disturbance: Disturbance) async throws -> ContinuousClock.Instant {
        let now = ContinuousClock.now
        switch disturbance {
        case .refused: try server.listenAgain()
        case .failing: mood.isFailing.withLock { $0 = false }
        default: break
        }
        return now
    }

    func answers() -> Bool { Asker(port: server.port, target: "/").status() == 200 }

    func stop() { server.stop() }
}
