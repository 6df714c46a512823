internal import Synchronization

/// Threads for what may block: a secret file on a dead mount, a regular expression that never ends.
///
/// One thread a job, up to a limit; one that is stuck is abandoned by whoever waits for it, never joined, and delays
/// nobody else.
package final class SideThreads: Sendable {
    private let limit: Int
    private let running = Mutex(0)

    /// - Parameter limit: how many threads there may be at once, stuck ones included.
    package init(limit: Int = 32) {
        self.limit = limit
    }

    /// Runs `body` on a side thread and waits for its result on the loop.
    ///
    /// - Throws: `stage.timed_out` when the deadline passes first (`body` then ends unheard), `stage.overloaded` where
    ///   every thread is stuck or none can be started, `stage.closed` when the task is cancelled.
    package func run<Result: Sendable>(
        _ stage: TransportFailure.Stage,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop,
        _ body: @escaping @Sendable () -> Result
    ) async throws(TransportFailure) -> Result {
        let token = loop.add()
        defer { loop.remove(token) }
        let answer = Answer<Result>()
        try start(at: stage) {
            let result = body()
            // Whoever hears of the result may count on the thread's place.
            self.running.withLock { $0 -= 1 }
            answer.value.withLock { $0 = result }
            loop.signal(token)
        }
        switch await loop.wait(on: token, until: deadline) {
        case .ready, .signalled: return answer.value.withLock { $0! }
        case .deadline: throw TransportFailure(stage, .timedOut)
        case .cancelled: throw TransportFailure(stage, .closed, "cancelled")
        }
    }

    /// Starts a thread for a job, which gives its place back itself.
    private func start(at stage: TransportFailure.Stage, _ job: @escaping @Sendable () -> Void) throws(TransportFailure)
    {
        let isGranted = running.withLock { running in
            guard running < limit else { return false }
            running += 1
            return true
        }
        guard isGranted else { throw TransportFailure(stage, .overloaded, "all \(limit) side threads are stuck") }
        do {
            try startThread(named: "side", job)
        } catch {
            running.withLock { $0 -= 1 }
            throw TransportFailure(stage, .overloaded, "no thread: \(error)")
        }
    }
}

/// Where a side thread leaves its result.
private final class Answer<Result: Sendable>: Sendable {
    let value = Mutex<Result?>(nil)
}
