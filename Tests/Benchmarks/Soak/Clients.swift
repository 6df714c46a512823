import BenchmarkSupport
import Foundation
import Synchronization
import TestSupport

/// Clients of the gateway that come and go in every manner, on threads of their own.
final class Clients: Sendable {
    private struct State {
        var isPaused = true
        var busy = 0
        var acts = 0
        var complaints: [Fault] = []
    }

    static let count = 12
    /// Between two acts of one client, in ms.
    private static let pause: ClosedRange<UInt32> = 5...400

    private let port: UInt16
    private let checks: [Check]
    private let course: Course
    private let state = Mutex(State())

    init(of checks: [Check], at port: UInt16, on course: Course, seed: Int) {
        self.port = port
        self.checks = checks
        self.course = course
        for number in 1...Self.count {
            Thread.detachNewThread { [self] in live(SeededGenerator(seed: seed &+ 1_000 &+ number)) }
        }
    }

    var acts: Int { state.withLock { $0.acts } }
    /// Answers that were not what they ought to be, or did not come.
    var complaints: [Fault] { state.withLock { $0.complaints } }

    func resume() { state.withLock { $0.isPaused = false } }

    /// Returns when the last has left.
    func pause() async throws {
        state.withLock { $0.isPaused = true }
        while state.withLock({ $0.busy > 0 }) { try await course.sleep(.milliseconds(10)) }
    }

    private func live(_ random: SeededGenerator) {
        var random = random
        while !course.isStopped {
            let acts = state.withLock { state in
                if !state.isPaused { state.busy += 1 }
                return !state.isPaused
            }
            if acts {
                let visit = Visit.random(of: checks, using: &random)
                let complaint = visit.complaint(about: .loopback(port), &random)
                state.withLock { state in
                    state.busy -= 1
                    state.acts += 1
                    guard let complaint else { return }
                    state.complaints.append(Fault(time: .now, check: visit.target, text: complaint))
                }
            }
            usleep(.random(in: Self.pause, using: &random) * 1_000)
        }
    }
}
