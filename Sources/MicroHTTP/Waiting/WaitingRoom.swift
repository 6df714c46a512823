internal import CMicroHTTPD
internal import Synchronization

/// Where requests are held back until there is an answer, their time is up or their client has left.
///
/// One room for one server. A thread of its own asks, watches the clock and the clients, and lets the library go on with
/// those whose wait is over, a few at a time. Whatever waits has been suspended in the library, which then neither
/// times it out nor notices that its client leaves, and aborts the process where it is stopped meanwhile.
///
/// The order of locks is the room's, then the library's; a request is suspended and entered under the room's, so that
/// nobody can let it go before.
package final class WaitingRoom: Sendable {
    /// Deadlines are looked at this often at most, so that a crowd of them is a few looks.
    private static let tick = Duration.milliseconds(100)

    /// Which call of ``askAgain()`` was the last. A handler is told before it looks for an answer, lest a better one come
    /// unnoticed between its look and the wait.
    typealias Occasion = UInt64

    private struct State {
        var list = WaitingList()
        var limit = 0
        /// When the thread will look next; nil while it sleeps without end.
        var alarm: ContinuousClock.Instant?
        /// A request began to wait just after the last occasion.
        var isLate = false
        /// Everybody is let go and nobody let in.
        var isClosed = false
        /// The thread is to end.
        var isLeaving = false
    }

    private let state = Mutex(State())
    private let departures: DepartureWatch
    private let occasions = Atomic<Occasion>(0)
    /// As in the list, to be read without the lock.
    private let occupancy = Atomic<Int>(0)

    /// Nil when the process has no descriptors left.
    package init?() {
        guard let departures = DepartureWatch() else { return nil }
        self.departures = departures
    }

    /// How many requests are held back.
    package var count: Int { occupancy.load(ordering: .relaxed) }

    /// Says that there may be answers now that were not there before. From any thread; takes no lock.
    package func askAgain() {
        // One of the two sees the other: this the request that has entered, or the one that enters this occasion.
        occasions.add(1, ordering: .sequentiallyConsistent)
        if occupancy.load(ordering: .sequentiallyConsistent) > 0 { departures.ring() }
    }

    var occasion: Occasion { occasions.load(ordering: .acquiring) }

    func open(limit: Int) {
        state.withLock { state in
            state.limit = limit
            state.isClosed = false
            state.isLeaving = false
        }
    }

    /// Suspends a request, on its daemon's thread, until the library calls for it again; ``take(_:)`` then says why.
    ///
    /// - Parameter occasion: as it was before the handler was asked.
    /// - Returns: false where it is to be answered at once, as too many wait already or the room is closed.
    func hold(
        _ connection: OpaquePointer,
        at slot: ConnectionTable.Slot,
        for question: any Question,
        atMost patience: Duration,
        since occasion: Occasion
    ) -> Bool {
        let descriptor = mhdx_descriptor(connection)
        let handle = LibraryHandle(pointer: connection)
        let deadline = ContinuousClock.now + patience
        return state.withLock { state in
            guard !state.isClosed, state.list.count < state.limit, departures.add(descriptor, at: slot) else {
                return false
            }
            MHD_suspend_connection(handle.pointer)
            state.list.add(slot, handle, descriptor: descriptor, for: question, until: deadline)
            occupancy.store(state.list.count, ordering: .sequentiallyConsistent)
            let isLate = occasions.load(ordering: .sequentiallyConsistent) != occasion
            if isLate { state.isLate = true }
            if isLate || state.alarm.map({ deadline < $0 }) ?? true {
                state.alarm = deadline
                departures.ring()
            }
            return true
        }
    }

    /// How the wait of a request that the library goes on with has ended; nil where it did not wait.
    func take(_ slot: ConnectionTable.Slot) -> WaitingList.Outcome? {
        state.withLock { state in
            defer {
                occupancy.store(state.list.count, ordering: .sequentiallyConsistent)
                if state.list.isWaveOver { departures.ring() }
            }
            return state.list.take(slot)
        }
    }

    /// Answers all that wait and lets nobody in any more.
    ///
    /// - Returns: whether anybody waited.
    func close() -> Bool {
        defer { departures.ring() }
        return state.withLock { state in
            state.isClosed = true
            return state.list.count > 0
        }
    }
}

extension WaitingRoom: Watched {
    func watch() {
        var asked: Occasion = 0
        var nextTick = ContinuousClock.now
        while true {
            let alarm = state.withLock { state in
                state.alarm = state.list.earliestDeadline.map { max($0, nextTick) }
                return state.alarm
            }
            let gone = departures.wait(until: alarm)
            let occasion = occasions.load(ordering: .sequentiallyConsistent)
            let now = ContinuousClock.now
            let (isLate, isClosed, isLeaving, isTick) = state.withLock { state in
                for slot in gone { state.list.leave(slot) }
                defer { state.isLate = false }
                let isTick = state.list.earliestDeadline.map { max($0, nextTick) <= now } ?? false
                return (state.isLate, state.isClosed, state.isLeaving, isTick)
            }
            if occasion != asked || isLate { answer { $0.answer() } }
            asked = occasion
            if isClosed {
                answer { $0.lastAnswer() }
            } else if isTick {
                answer(due: now) { $0.lastAnswer() }
                nextTick = now + Self.tick
            }
            release(isLast: isLeaving)
            if isLeaving { return }
        }
    }

    /// Lets all go that still wait, without regard to anybody else; nobody may enter any more (``close()``).
    func stopWatching() {
        state.withLock { $0.isLeaving = true }
        departures.ring()
    }

    /// Asks each question once, outside the lock.
    private func answer(due: ContinuousClock.Instant? = nil, _ ask: (any Question) -> Page?) {
        let questions = state.withLock { $0.list.questions(due: due) }
        let pages = questions.compactMapValues(ask)
        if due != nil || !pages.isEmpty { state.withLock { $0.list.answer(pages, due: due) } }
    }

    private func release(isLast: Bool) {
        for (connection, descriptor) in state.withLock({ $0.list.takeWave(isLast: isLast) }) {
            // Still open, and still this client's: the library closes nothing that is suspended.
            departures.remove(descriptor)
            MHD_resume_connection(connection.pointer)
        }
    }
}
