internal import Dispatch
internal import Glibc
internal import Synchronization

/// The one writer of stderr: lines wait in a bounded queue, so that a full pipe stops nobody.
///
/// What does not fit is dropped and counted; the count is told when there is room again. Never sets O_NONBLOCK, which
/// the descriptor's other users would feel too.
package final class LineWriter: Sendable {
    private struct State {
        var waiting = 0
        var dropped = 0
    }

    private let descriptor: Int32
    private let limit: Int
    private let notice: @Sendable (Int) -> String
    private let queue = DispatchQueue(label: "allclear.log")
    private let pending = DispatchGroup()
    private let state = Mutex(State())

    /// - Parameters:
    ///   - descriptor: stays the caller's.
    ///   - limit: how many lines may wait.
    ///   - notice: the line that tells how many were dropped.
    package init(
        descriptor: Int32 = STDERR_FILENO,
        limit: Int = 1000,
        notice: @escaping @Sendable (Int) -> String
    ) {
        self.descriptor = descriptor
        self.limit = limit
        self.notice = notice
    }

    /// Queues a line; never waits.
    package func write(_ line: String) {
        let isTaken = state.withLock { state in
            guard state.waiting < limit else {
                state.dropped += 1
                return false
            }
            state.waiting += 1
            return true
        }
        guard isTaken else { return }
        queue.async(group: pending) { [self] in
            writeAll((line + "\n").utf8, to: descriptor)
            let dropped = state.withLock { state in
                defer { state.dropped = 0 }
                state.waiting -= 1
                return state.dropped
            }
            if dropped > 0 { writeAll((notice(dropped) + "\n").utf8, to: descriptor) }
        }
    }

    /// Waits until all lines are written, but not longer than `patience`.
    package func flush(within patience: Duration) {
        _ = pending.wait(timeout: .now() + .milliseconds(Int(patience / .milliseconds(1))))
    }
}
