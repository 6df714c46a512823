/// Who is connected, who has a request in work, and whose time is up. Pure: the caller shuts sockets down.
///
/// Each open connection stands in one queue, the longest there at its front, so that neither the next deadline nor the
/// next to be closed has to be searched for.
///
/// Moments are ``Swift/Duration/coarseUptime``: the layout of a clock's instant is not known when this is compiled, which would
/// make each look at an entry many calls.
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
        /// When it was accepted, or its last request ended.
        var since = Duration.zero
        var previous = none
        var next = none

        mutating func join(_ phase: Phase, behind previous: Slot) {
            self.phase = phase
            self.previous = previous
            next = none
        }
    }

    private struct Queue {
        var first = none
        var last = none
        var count = 0

        /// - Returns: who was the last before.
        mutating func append(_ slot: Slot) -> Slot {
            defer { last = slot }
            if last == none { first = slot }
            count += 1
            return last
        }

        /// Takes out whoever stood between these two.
        mutating func remove(between previous: Slot, and next: Slot) {
            if previous == none { first = next }
            if next == none { last = previous }
            count -= 1
        }
    }

    private let crowd: Int
    private let freshDeadline: Duration
    private let keptDeadline: Duration
    private var entries: [Entry] = []
    /// By phase.
    private var queues = InlineArray<6, Queue>(repeating: Queue())

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
    var nextDeadline: Duration? {
        let fresh = oldest(.fresh).map { entries[$0].since + freshDeadline }
        let kept = oldest(.kept).map { entries[$0].since + keptDeadline }
        return if let fresh, let kept { min(fresh, kept) } else { fresh ?? kept }
    }

    /// - Returns: the new connection's place, and the descriptor of the one to be shut down in its favour.
    mutating func opened(descriptor: Int32, daemon: Int, now: Duration) -> (slot: Slot, evicted: Int32?) {
        let evicted = idleCount + activeCount >= crowd ? takeOldest() : nil
        let slot = oldest(.free) ?? grow()
        entries[slot].descriptor = descriptor
        entries[slot].daemon = daemon
        entries[slot].since = now
        move(slot, to: .fresh)
        return (slot, evicted)
    }

    /// A request head is complete.
    mutating func requestStarted(_ slot: Slot) {
        if entries[slot].phase != .closing { move(slot, to: .active) }
    }

    /// The answer to the request is held back; the library would not notice if the connection were shut down.
    mutating func requestHeld(_ slot: Slot) {
        if entries[slot].phase == .active { move(slot, to: .held) }
    }

    mutating func requestResumed(_ slot: Slot) {
        if entries[slot].phase == .held { move(slot, to: .active) }
    }

    /// A request has been answered, or given up. Requests that the library refuses by itself end without having started.
    mutating func requestEnded(_ slot: Slot, now: Duration) {
        let phase = entries[slot].phase
        guard phase == .active || phase == .held else { return }
        entries[slot].since = now
        move(slot, to: .kept)
    }

    /// The descriptor is about to be closed and its number may then be anybody's.
    mutating func closed(_ slot: Slot) {
        precondition(entries[slot].phase != .free, "a connection was closed twice")
        move(slot, to: .free)
    }

    /// The next connection that has missed its deadline, to be shut down; call until nil.
    mutating func takeOverdue(now: Duration) -> Int32? {
        if let slot = oldest(.fresh), entries[slot].since + freshDeadline <= now { return take(slot) }
        if let slot = oldest(.kept), entries[slot].since + keptDeadline <= now { return take(slot) }
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
        return take(slot)
    }

    /// The next connection of `daemon` between two requests, to be shut down; call until nil.
    mutating func takeKept(daemon: Int) -> Int32? {
        var slot = queues[Phase.kept.rawValue].first
        while slot != none, entries[slot].daemon != daemon { slot = entries[slot].next }
        return slot == none ? nil : take(slot)
    }

    /// - Returns: the descriptor to be shut down, if the connection is between two requests.
    mutating func takeKept(_ slot: Slot) -> Int32? {
        entries[slot].phase == .kept ? take(slot) : nil
    }

    /// All that `daemon` has yet to close.
    func connections(daemon: Int) -> Int {
        entries.count { $0.phase != .free && $0.daemon == daemon }
    }

    private mutating func take(_ slot: Slot) -> Int32 {
        move(slot, to: .closing)
        return entries[slot].descriptor
    }

    private func oldest(_ phase: Phase) -> Slot? {
        let slot = queues[phase.rawValue].first
        return slot == none ? nil : slot
    }

    private mutating func grow() -> Slot {
        entries.append(Entry())
        append(entries.count - 1, to: .free)
        return entries.count - 1
    }

    private mutating func move(_ slot: Slot, to phase: Phase) {
        remove(slot)
        append(slot, to: phase)
    }

    private mutating func append(_ slot: Slot, to phase: Phase) {
        let last = queues[phase.rawValue].append(slot)
        if last != none { entries[last].next = slot }
        entries[slot].join(phase, behind: last)
    }

    private mutating func remove(_ slot: Slot) {
        let entry = entries[slot]
        if entry.previous != none { entries[entry.previous].next = entry.next }
        if entry.next != none { entries[entry.next].previous = entry.previous }
        queues[entry.phase.rawValue].remove(between: entry.previous, and: entry.next)
    }
}

private let none = -1
