import BenchmarkSupport
import Foundation
import Synchronization

/// Asks the gateway for the page of each check all the time, and writes down when its word changed.
final class Observer: Sendable {
    private struct State {
        var sightings: [[Sighting]]
        /// What the last answers said, by check.
        var words: [Bool?]
        /// How long answers took, in ms: of the first check's page.
        var times = Samples()
        var slowest = Duration.zero
        var answers = 0
        var failures: [Fault] = []
        var isPaused = false
        var isIdle = false
    }

    /// Between two rounds.
    static let interval = Duration.milliseconds(10)

    private let port: UInt16
    private let checks: [Check]
    private let course: Course
    private let state: Mutex<State>

    init(of checks: [Check], at port: UInt16, on course: Course) {
        self.port = port
        self.checks = checks
        self.course = course
        let count = checks.count
        state = Mutex(State(sightings: Array(repeating: [], count: count), words: Array(repeating: nil, count: count)))
        Thread.detachNewThread { [self] in watch() }
    }

    func isReady(_ check: Int) -> Bool { state.withLock { $0.words[check] ?? false } }

    /// Changes of a check's word, those before `start` left out.
    func sightings(of check: Int, from start: Int) -> [Sighting] {
        state.withLock { Array($0.sightings[check][start...]) }
    }

    /// How often a check's word has turned to "not ready".
    func fallCount(of check: Int) -> Int { state.withLock { $0.sightings[check].count { !$0.isReady } } }

    var answers: Int { state.withLock { $0.answers } }
    var answerTimes: Samples { state.withLock { $0.times } }
    var slowestAnswer: Duration { state.withLock { $0.slowest } }
    /// Answers that did not come, or were neither 200 nor 503.
    var failures: [Fault] { state.withLock { $0.failures } }

    /// Leaves the gateway alone, its connection closed.
    func pause() async throws {
        state.withLock { $0.isPaused = true }
        while !state.withLock({ $0.isIdle }) { try await course.sleep(.milliseconds(10)) }
    }

    func resume() { state.withLock { $0.isPaused = false } }

    private func watch() {
        var askers: [Asker] = []
        var due = ContinuousClock.now
        while !course.isStopped {
            let isPaused = state.withLock { state in
                state.isIdle = state.isPaused
                return state.isPaused
            }
            if isPaused {
                askers = []
                usleep(10_000)
                continue
            }
            if askers.isEmpty { askers = checks.map { Asker(port: port, target: "/ready/\($0.name)") } }
            for (index, asker) in askers.enumerated() { ask(asker, about: index) }
            due = max(due + Self.interval, .now)
            usleep(UInt32(max((due - .now) / .microseconds(1), 0)))
        }
    }

    private func ask(_ asker: Asker, about check: Int) {
        let asked = ContinuousClock.now
        let status = asker.status()
        let answered = ContinuousClock.now
        state.withLock { state in
            state.answers += 1
            if check == 0 { state.times.append(asked.duration(to: answered) / .milliseconds(1)) }
            state.slowest = max(state.slowest, asked.duration(to: answered))
            guard status == 200 || status == 503 else {
                let word = status.map { "status \($0)" } ?? "no answer"
                state.failures.append(Fault(time: answered, check: checks[check].name, text: word))
                return
            }
            let isReady = status == 200
            // What it says first is no change.
            if let word = state.words[check], word != isReady {
                state.sightings[check].append(Sighting(isReady: isReady, asked: asked, answered: answered))
            }
            state.words[check] = isReady
        }
    }
}
