import Foundation
import Synchronization
import TestSupport

/// Asks a gateway all the while, each time on a new connection, and notes what FAULTS.md forbids in every row:
/// /healthz other than 200 or late, /ready late, neither open nor closed, or with a word that is not in the contract.
///
/// On a thread of its own, as the answers are timed.
final class Watch: Sendable {
    private struct State {
        var answers = 0
        var late = 0
        var slowest = Duration.zero
        var wrong: [String] = []
        /// Even while it asks, odd while it does not.
        var phase = 1
        var isRunning = false
        var isStopped = false
    }

    /// Between two rounds.
    private static let interval = 0.05
    /// Not even a busy machine makes an answer as late as this.
    private static let intolerable = Duration.seconds(2)

    private let client: ServerAddress
    private let patience: Duration
    private let state = Mutex(State())

    init(port: UInt16, patience: Duration) {
        client = .loopback(port)
        self.patience = patience
    }

    func start() {
        state.withLock { state in
            state.phase += 1
            state.isRunning = true
        }
        Thread.detachNewThread {
            while !self.state.withLock({ $0.isStopped }) {
                if self.state.withLock({ $0.phase.isMultiple(of: 2) }) {
                    self.ask("/healthz")
                    self.ask("/ready")
                }
                Thread.sleep(forTimeInterval: Self.interval)
            }
            self.state.withLock { $0.isRunning = false }
        }
    }

    /// Overlooks what comes from now on, until `resume`.
    func pause() { state.withLock { $0.phase += 1 } }

    func resume() { state.withLock { $0.phase += 1 } }

    func stop() async {
        state.withLock { $0.isStopped = true }
        try? await eventually("end of the watch") { state.withLock { !$0.isRunning } }
    }

    /// What was wrong; nil where nothing was. One answer in a hundred may be late, as other programs run too.
    var complaint: String? {
        state.withLock { state in
            if let first = state.wrong.first {
                return "\(first) (\(state.wrong.count) of \(state.answers) answers wrong)"
            }
            if state.answers == 0, state.isStopped { return "nothing was asked" }
            if state.late > max(1, state.answers / 100) || state.slowest > Self.intolerable {
                return
                    "\(state.late) of \(state.answers) answers after more than \(patience), one after \(state.slowest)"
            }
            return nil
        }
    }

    private func ask(_ path: String) {
        let phase = state.withLock { $0.phase }
        let start = ContinuousClock.now
        let problem: String?
        do {
            let reply = try SimpleHTTPClient(client, within: .seconds(5))
                .exchangeBlocking("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            problem = Self.problem(of: reply, to: path)
        } catch {
            problem = "\(path): \(error)"
        }
        let time = ContinuousClock.now - start
        state.withLock { state in
            // Paused meanwhile, or all the while.
            guard state.phase == phase, phase.isMultiple(of: 2), !state.isStopped else { return }
            state.answers += 1
            state.slowest = max(state.slowest, time)
            if time > patience { state.late += 1 }
            if let problem { state.wrong.append(problem) }
        }
    }

    private static func problem(of reply: HTTPReply, to path: String) -> String? {
        let allowed = path == "/ready" ? [200, 503] : [200]
        guard allowed.contains(reply.status) else { return "\(path) is \(reply.status)" }
        guard let document = Document(reply) else { return "\(path) is no document: \(reply.text)" }
        guard document.isOpen == (reply.status == 200) else { return "\(path) is \(reply.status) and says otherwise" }
        return document.hasKnownCodes ? nil : "\(path) has a code that is none: \(document.codes)"
    }
}
