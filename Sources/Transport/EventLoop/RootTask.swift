internal import Dispatch
internal import Synchronization

/// The root of a program's tasks, for code that is no task itself: it runs on a loop, and a thread may wait for it.
///
/// The one unstructured task there is. The program's first thread stays out of Swift's thread pool (whose threads would
/// take signals that are blocked elsewhere), so that it can wait for signals.
package final class RootTask<Result: Sendable>: Sendable {
    private let task: Task<Void, Never>
    private let end: End<Result>

    package init(on loop: EventLoop, _ body: @escaping @Sendable () async -> Result) {
        let end = End<Result>()
        self.end = end
        task = Task(executorPreference: loop.executor) {
            let result = await body()
            end.result.withLock { $0 = result }
            end.semaphore.signal()
        }
    }

    package func cancel() {
        task.cancel()
    }

    /// Blocks the calling thread until the task has ended; to be called once, and not on the loop.
    package func wait() -> Result {
        end.semaphore.wait()
        return end.result.withLock { $0! }
    }
}

private final class End<Result: Sendable>: Sendable {
    let semaphore = DispatchSemaphore(value: 0)
    let result = Mutex<Result?>(nil)
}
