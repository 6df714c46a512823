internal import Synchronization

/// The processes that the gateway has started and will reap itself, so that whoever reaps orphans leaves them alone.
package final class Children: Sendable {
    private let running = Mutex<Set<Int32>>([])

    package init() {}

    package func contains(_ process: Int32) -> Bool {
        running.withLock { $0.contains(process) }
    }

    /// Starts a child and notes it in one step: it may end before anybody else looks.
    func start<Failure: Error>(_ start: () throws(Failure) -> Int32) throws(Failure) -> Int32 {
        // The lock is held across the start, so that a reaper that sees the child finds it noted.
        let result: Result<Int32, Failure> = running.withLock { running in
            do throws(Failure) {
                let process = try start()
                running.insert(process)
                return .success(process)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    func forget(_ process: Int32) {
        _ = running.withLock { $0.remove(process) }
    }
}
