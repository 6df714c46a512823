internal import Glibc
internal import Synchronization

/// The connections of all listen addresses, watched over by a thread of its own.
///
/// Sockets are shut down under the lock. The library reports a connection as closed, which takes the same lock, before it
/// closes the descriptor: so the number cannot have become another connection's meanwhile.
final class ConnectionRegister: Watched {
    private struct State {
        var table: ConnectionTable
        /// The most connections since memory was last given back.
        var peak = 0
        /// When memory is to be given back.
        var trim: Duration?
        /// When the watching thread will look next; nil while it sleeps without end.
        var alarm: Duration?
        var isStopping = false

        var nextAlarm: Duration? {
            let deadline = table.nextDeadline
            return if let deadline, let trim { min(deadline, trim) } else { deadline ?? trim }
        }
    }

    /// When half of a crowd of this many has left, what they needed goes back to the system: malloc(3) keeps it by itself.
    private static let crowd = 1000
    /// Until those who leave together have left.
    private static let settling = Duration.seconds(1)

    private let state: Mutex<State>
    private let alarmChanged: WakeSignal
    private let quiet: WakeSignal
    private let limit: Int
    private let log: EventLog

    /// Nil when the process has no descriptors left.
    init?(limits: ServerLimits, log: EventLog) {
        guard let alarmChanged = WakeSignal(), let quiet = WakeSignal() else { return nil }
        self.alarmChanged = alarmChanged
        self.quiet = quiet
        self.log = log
        limit = limits.connections
        state = Mutex(State(table: ConnectionTable(limits: limits)))
    }

    var counts: ConnectionCounts {
        state.withLock { ConnectionCounts(idle: $0.table.idleCount, active: $0.table.activeCount) }
    }

    func connections(daemon: Int) -> Int {
        state.withLock { $0.table.connections(daemon: daemon) }
    }

    func opened(descriptor: Int32, daemon: Int) -> ConnectionTable.Slot {
        let now = Duration.coarseUptime
        let (slot, isCrowded) = state.withLock { state in
            let (slot, evicted) = state.table.opened(descriptor: descriptor, daemon: daemon, now: now)
            if let evicted { shutdown(evicted, Int32(SHUT_RDWR)) }
            state.peak = max(state.peak, state.table.openCount)
            updateAlarm(&state)
            return (slot, evicted != nil)
        }
        if isCrowded { log.crowded(limit: limit) }
        return slot
    }

    func requestStarted(_ slot: ConnectionTable.Slot) {
        state.withLock { $0.table.requestStarted(slot) }
    }

    func requestHeld(_ slot: ConnectionTable.Slot) {
        state.withLock { $0.table.requestHeld(slot) }
    }

    func requestResumed(_ slot: ConnectionTable.Slot) {
        state.withLock { $0.table.requestResumed(slot) }
    }

    /// - Parameter isKept: whether the connection may wait for another request.
    func requestEnded(_ slot: ConnectionTable.Slot, isKept: Bool) {
        let now = Duration.coarseUptime
        state.withLock { state in
            state.table.requestEnded(slot, now: now)
            if !isKept, let descriptor = state.table.takeKept(slot) { shutdown(descriptor, Int32(SHUT_RDWR)) }
            // No deadline is as far off as this connection's, so an alarm that is set comes before it.
            if state.alarm == nil { updateAlarm(&state) }
            if state.isStopping, state.table.activeCount == 0 { quiet.set() }
        }
    }

    func closed(_ slot: ConnectionTable.Slot) {
        state.withLock { state in
            state.table.closed(slot)
            guard state.peak >= Self.crowd, state.table.openCount <= state.peak / 2 else { return }
            state.peak = state.table.openCount
            state.trim = .coarseUptime + Self.settling
            updateAlarm(&state)
        }
    }

    /// Closes the connections of `daemon` that are between two requests.
    func closeKept(daemon: Int) {
        state.withLock { state in
            while let descriptor = state.table.takeKept(daemon: daemon) { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    /// Shuts down what misses its deadline, until ``stopWatching()``. Sleeps without end while nothing is connected.
    func watch() {
        while true {
            let now = Duration.coarseUptime
            let (alarm, isTrimDue, isStopping) = state.withLock { state in
                while let overdue = state.table.takeOverdue(now: now) { shutdown(overdue, Int32(SHUT_RDWR)) }
                let isTrimDue = state.trim.map { $0 <= now } ?? false
                if isTrimDue { state.trim = nil }
                state.alarm = state.nextAlarm
                return (state.alarm, isTrimDue, state.isStopping)
            }
            if isStopping { return }
            if isTrimDue { FreeMemory.giveBack() }
            alarmChanged.wait(until: alarm.map { .now + ($0 - now) })
        }
    }

    /// Waits until no request is in work, at most until `deadline`.
    func waitUntilQuiet(until deadline: ContinuousClock.Instant) {
        while true {
            let isQuiet = state.withLock { state in
                state.isStopping = true
                return state.table.activeCount == 0
            }
            if isQuiet || ContinuousClock.now >= deadline { return }
            quiet.wait(until: deadline)
        }
    }

    func stopWatching() {
        state.withLock { $0.isStopping = true }
        alarmChanged.set()
    }

    private func updateAlarm(_ state: inout State) {
        guard let deadline = state.nextAlarm, state.alarm.map({ deadline < $0 }) ?? true else { return }
        state.alarm = deadline
        alarmChanged.set()
    }
}
