import Synchronization
import TestSupport

/// How far the run is: until its time is over, or somebody has had enough of it.
final class Course: Sendable {
    /// Ctrl-C came.
    struct Interrupted: Error {}

    private let interrupted = Mutex(false)
    private let stopped = Mutex(false)

    var isInterrupted: Bool { interrupted.withLock { $0 } }

    /// Whether no thread has anything left to do.
    var isStopped: Bool { stopped.withLock { $0 } }

    func stop() { stopped.withLock { $0 = true } }

    /// Waits on a thread of its own for Ctrl-C, until all is over.
    func heedInterrupts() async throws {
        try await onThread { [self] in
            while !isStopped, !isInterrupted {
                if Interrupts.come(within: .milliseconds(100)) { interrupted.withLock { $0 = true } }
            }
        }
    }

    /// Sleeps, but not on after Ctrl-C.
    func sleep(_ duration: Duration) async throws {
        let end = ContinuousClock.now + duration
        while case let left = ContinuousClock.now.duration(to: end), left > .zero {
            guard !isInterrupted else { throw Interrupted() }
            try await Task.sleep(for: min(left, .milliseconds(100)))
        }
        guard !isInterrupted else { throw Interrupted() }
    }
}
