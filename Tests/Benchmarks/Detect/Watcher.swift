import BenchmarkSupport
import Foundation
import Synchronization
import TestSupport

/// Asks one contender all the time and writes down when its word changed.
final class Watcher: Sendable {
    /// A change of the word, as it was heard.
    private struct Change {
        let isReady: Bool
        let time: ContinuousClock.Instant
    }

    private struct State {
        var changes: [Change] = []
        var isStopped = false
    }

    let contender: Contender
    private let state = Mutex(State())

    /// - Parameters:
    ///   - interval: from question to question.
    ///   - makeQuestion: makes what asks, on the thread that does; what it makes says nil where there was no answer.
    private init(
        _ contender: Contender,
        every interval: Duration,
        _ makeQuestion: @escaping @Sendable () -> () -> Bool?
    ) {
        self.contender = contender
        Thread.detachNewThread { [self] in
            let question = makeQuestion()
            var due = ContinuousClock.now
            while !state.withLock({ $0.isStopped }) {
                if let isReady = question() { note(isReady) }
                due = max(due + interval, .now)
                usleep(UInt32(max((due - .now) / .microseconds(1), 0)))
            }
        }
    }

    /// Asks every millisecond for a status, 200 or not.
    static func status(of contender: Contender) -> Watcher {
        Watcher(contender, every: .milliseconds(1)) {
            let asker = Asker(port: contender.program.port, target: contender.program.target)
            return { asker.status().map { $0 == 200 } }
        }
    }

    /// Has blackbox_exporter probe once a second, as Prometheus would.
    static func probe(by contender: Contender) -> Watcher {
        Watcher(contender, every: .seconds(1)) {
            let client = SimpleHTTPClient(port: contender.program.port)
            let request = "GET \(contender.program.target) HTTP/1.1\r\nHost: localhost\r\n\r\n"
            return { (try? client.exchangeBlocking(request))?.text.contains("\nprobe_success 1") }
        }
    }

    func stop() { state.withLock { $0.isStopped = true } }

    var isReady: Bool { state.withLock { $0.changes.last?.isReady ?? false } }

    /// When it first said so after a moment; nil as long as it has not.
    func firstTime(_ isReady: Bool, after moment: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        state.withLock { $0.changes.first { $0.isReady == isReady && $0.time > moment }?.time }
    }

    private func note(_ isReady: Bool) {
        state.withLock { state in
            guard state.changes.last?.isReady != isReady else { return }
            state.changes.append(Change(isReady: isReady, time: .now))
        }
    }
}
