/// Who is connected, who has a request in work, and whose time is up. Pure: the caller shuts sockets down.
///
/// Each open connection stands in one queue, the longest there at its front, so that neither the next deadline nor the
/// next to be closed has to be searched for.
struct ConnectionTable {
    /// A place in the table; small, reused, valid until ``closed(_:)``.
    typealias Slot = Int

    private enum Phase: Int {
        /// Accepted, no complete request head yet.
        case fresh
        /// Between two requests.
        case kept
        /// A request is being answered.
        case active
        /// The answer is held back.
        case held
        /// Shut down by us; the library has yet to notice.
        case closing
        case free
    }

    private struct Entry {
        var descriptor: Int32 = -1
        var daemon = 0
        var phase = Phase.free
        var since: ContinuousClock.Instant
        var previous = none
        var next = none
    }

    private struct Queue {
        var first = none
        var last = none
        var count = 0
    }

    private let crowd: Int
    private let freshDeadline: Duration
    private let keptDeadline: Duration
    private var entries: [Entry] = []
    private var queues = [Queue](repeating: Queue(), count: Phase.free.rawValue + 1)

    /// Starts closing connections when `limits.connections`, less a margin for those being closed, are open.
    init(limits: ServerLimits) {
        crowd = limits.connections - min(max(limits.connections / 8, 1), 32)
        freshDeadline = limits.requestHead
        // The library's own timer, which every byte renews, closes a silent connection before; what is left to catch
        // here is a client that drips a later head.
        keptDeadline = limits.idle + limits.requestHead
    }

    var idleCount: Int { queues[Phase.fresh.rawValue].count + queues[Phase.kept.rawValue].count }
    /// Those whose answer is held back among them.
    var activeCount: Int { queues[Phase.active.rawValue].count + queues[Phase.held.rawValue].count }
    var openCount: Int { idleCount + activeCount + queues[Phase.closing.rawValue].count }

    /// The earliest moment at which ``takeOverdue(now:)`` may have something; nil while there is nothing to watch.
    var nextDeadline: ContinuousClock.Instant? {
        let fresh = oldest(.fresh).map { entries[$0].since + freshDeadline }
        let kept = oldest(.kept).map { entries[$0].since + keptDeadline }
        return if let fresh, let kept { min(fresh, kept) } else { fresh ?? kept }
    }

    /// - Returns: the new connection's place, and the descriptor of the one to be shut down in its favour.
    mutating func opened(
        descriptor: Int32,
        daemon: Int,
        now: ContinuousClock.Instant
    ) -> (slot: Slot, evicted: Int32?) {
        let evicted = idleCount + activeCount >= crowd ? takeOldest() : nil
        let slot = oldest(.free) ?? grow(now: now)
        entries[slot].descriptor = descriptor
        entries[slot].daemon = daemon
        move(slot, to: .fresh, now: now)
        return (slot, evicted)
    }

    /// A request head is complete.
    mutating func requestStarted(_ slot: Slot, now: ContinuousClock.Instant) {
        if entries[slot].phase != .closing { move(slot, to: .active, now: now) }
    }

    /// The answer to the request is held back; the library would not notice if the connection were shut down.
    mutating func requestHeld(_ slot: Slot, now: ContinuousClock.Instant) {
        if entries[slot].phase == .active { move(slot, to: .held, now: now) }
    }

    mutating func requestResumed(_ slot: Slot, now: ContinuousClock.Instant) {
        if entries[slot].phase == .held { move(slot, to: .active, now: now) }
    }

    /// A request has been answered, or given up. Requests that the library refuses by itself end without having started.
    mutating func requestEnded(_ slot: Slot, now: ContinuousClock.Instant) {
        let phase = entries[slot].phase
        if phase == .active || phase == .held { move(slot, to: .kept, now: now) }
    }

    /// The descriptor is about to be closed and its number may then be anybody's.
    mutating func closed(_ slot: Slot, now: ContinuousClock.Instant) {
        precondition(entries[slot].phase != .free, "a connection was closed twice")
        move(slot, to: .free, now: now)
    }

    /// The next connection that has missed its deadline, to be shut down; call until nil.
    mutating func takeOverdue(now: ContinuousClock.Instant) -> Int32? {
        if let slot = oldest(.fresh), entries[slot].since + freshDeadline <= now { return take(slot, now: now) }
        if let slot = oldest(.kept), entries[slot].since + keptDeadline <= now { return take(slot, now: now) }
        return nil
    }

    /// The connection to give up when something must be: the longest without a request, and only where every one has a
    /// request in work the longest of those, which then is a client that does not read its answer.
    mutating func takeOldest() -> Int32? {
        let fresh = oldest(.fresh)
        let kept = oldest(.kept)
        let idle =
            if let fresh, let kept { entries[fresh].since <= entries[kept].since ? fresh : kept } else { fresh ?? kept }
        guard let slot = idle ?? oldest(.active) else { return nil }
        return take(slot, now: entries[slot].since)
    }

    /// The next connection of `daemon` between two requests, to be shut down; call until nil.
    mutating func takeKept(daemon: Int) -> Int32? {
        var slot = queues[Phase.kept.rawValue].first
        while slot != none, entries[slot].daemon != daemon { slot = entries[slot].next }
        return slot == none ? nil : take(slot, now: entries[slot].since)
    }

    /// - Returns: the descriptor to be shut down, if the connection is between two requests.
    mutating func takeKept(_ slot: Slot) -> Int32? {
        entries[slot].phase == .kept ? take(slot, now: entries[slot].since) : nil
    }

    /// All that `daemon` has yet to close.
    func connections(daemon: Int) -> Int {
        entries.count { $0.phase != .free && $0.daemon == daemon }
    }

    private mutating func take(_ slot: Slot, now: ContinuousClock.Instant) -> Int32 {
        move(slot, to: .closing, now: now)
        return entries[slot].descriptor
    }

    private func oldest(_ phase: Phase) -> Slot? {
        let slot = queues[phase.rawValue].first
        return slot == none ? nil : slot
    }

    private mutating func grow(now: ContinuousClock.Instant) -> Slot {
        entries.append(Entry(since: now))
        append(entries.count - 1, to: .free)
        return entries.count - 1
    }

    private mutating func move(_ slot: Slot, to phase: Phase, now: ContinuousClock.Instant) {
        remove(slot)
        entries[slot].since = now
        append(slot, to: phase)
    }

    private mutating func append(_ slot: Slot, to phase: Phase) {
        let last = queues[phase.rawValue].last
        entries[slot].phase = phase
        entries[slot].previous = last
        entries[slot].next = none
        if last == none { queues[phase.rawValue].first = slot } else { entries[last].next = slot }
        queues[phase.rawValue].last = slot
        queues[phase.rawValue].count += 1
    }

    private mutating func remove(_ slot: Slot) {
        let (previous, next, phase) = (entries[slot].previous, entries[slot].next, entries[slot].phase.rawValue)
        if previous == none { queues[phase].first = next } else { entries[previous].next = next }
        if next == none { queues[phase].last = previous } else { entries[next].previous = previous }
        queues[phase].count -= 1
    }
}

private let none = -1
