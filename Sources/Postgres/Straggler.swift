internal import Synchronization
package import Transport

/// A connection whose statements had not come to their end when their time was over.
///
/// The server ends them itself (`statement_timeout`), but it may be slow to. Until it has said so, or a last moment has
/// passed, nothing new is asked: a check never has two backends at work, however long a lock is held.
package final class Straggler: Sendable {
    private struct Held {
        let connection: Connection
        let lastMoment: ContinuousClock.Instant
    }

    private let held = Mutex<Held?>(nil)

    package init() {}

    /// Keeps a connection until its answer is complete, or until `lastMoment`. There is none before it.
    package func keep(_ connection: Connection, until lastMoment: ContinuousClock.Instant) {
        held.withLock { held in
            precondition(held == nil, "a statement was sent while another one was still at work")
            held = Held(connection: connection, lastMoment: lastMoment)
        }
    }

    /// Waits until nothing is kept any more, until the deadline at most (nil: as long as it takes).
    ///
    /// - Returns: whether nothing is. When the task is cancelled the connection is closed at once.
    package func settle(until deadline: ContinuousClock.Instant?, on loop: isolated EventLoop) async -> Bool {
        guard let held = held.withLock({ $0 }) else { return true }
        let patience = min(deadline ?? held.lastMoment, held.lastMoment)
        do throws(PostgresFailure) {
            try await held.connection.drain(until: patience, on: loop)
        } catch .transport(let failure) where failure.reason == .timedOut && loop.now < held.lastMoment {
            return false
        } catch {
            // It failed, which is an end as well.
        }
        self.held.withLock { $0 = nil }
        return true
    }
}
