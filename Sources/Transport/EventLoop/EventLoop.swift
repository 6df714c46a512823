internal import CLinux
internal import Glibc
internal import Synchronization

/// One thread that waits for descriptors and deadlines, and runs the tasks that wait for them.
///
/// Checks, streams and client libraries live on it together: no locks among them, no hops. Nothing that may block runs
/// here (``SideThreads`` is for that). Every wait carries a deadline; deadlines are rounded up to ``grid``.
package actor EventLoop {
    /// Deadlines are rounded up to this, in nanoseconds, so that a crowd of them is one wake-up...
    package static let grid: Int64 = 2_000_000
    /// ...and those that lie further ahead than ``far`` to this.
    static let coarseGrid: Int64 = 10_000_000
    private static let far: Int64 = 500_000_000

    package nonisolated let executor: LoopExecutor
    package nonisolated let clock: any LoopClock

    /// Deadlines count in nanoseconds from here.
    private nonisolated let origin: ContinuousClock.Instant
    /// When this loop must have moved: since when it is awake, or when its next timer is due. `Int64.max` while it
    /// sleeps without a timer, in nanoseconds since the origin.
    private nonisolated let expectedMove = Atomic<Int64>(.max)
    /// When the loop last woke, in nanoseconds since the origin.
    private var woke: Int64 = 0
    private let poller: Poller
    private var slots = Slots()
    private var timers = TimerHeap()
    private let scratch = Scratch()
    /// What epoll reports for the bell; no slot has this index.
    private static let bellData = UInt64.max

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// A loop that stands still until ``start(named:)``.
    ///
    /// - Throws: `configure.overloaded` where no descriptor is left.
    package init(clock: any LoopClock = SystemClock()) throws(TransportFailure) {
        self.clock = clock
        origin = clock.now
        do throws(SystemError) {
            executor = try LoopExecutor()
            poller = try Poller()
            try poller.add(executor.bell, events: EPOLLIN.rawValue, data: Self.bellData)
        } catch {
            throw TransportFailure(.configure, .overloaded, error.description)
        }
    }

    /// The time by this loop's clock.
    package nonisolated var now: ContinuousClock.Instant { clock.now }

    /// For how long the loop has failed to move though it should have; zero for a loop that is well. From any thread.
    package nonisolated func standstill(at now: ContinuousClock.Instant) -> Duration {
        let expected = expectedMove.load(ordering: .relaxed)
        guard expected != .max else { return .zero }
        return max(.zero, .nanoseconds(origin.nanoseconds(to: now) - expected))
    }

    /// How many descriptors, timers and waits without descriptor the loop knows; for tests that look for leaks.
    package var load: (slots: Int, timers: Int) { (slots.count, timers.count) }
}

// MARK: - Waiting

extension EventLoop {
    /// Watches a descriptor from now on and closes it on ``remove(_:)``.
    ///
    /// A socket is added after `connect()`: before it, the kernel reports it as hung up.
    /// - Throws: `connect.overloaded` where the kernel can watch no more.
    package func add(_ descriptor: consuming Descriptor) throws(TransportFailure) -> Token {
        let number = descriptor.release()
        let token = slots.make(descriptor: number)
        do {
            try poller.add(number, events: Poller.everyEdge, data: token.data)
        } catch {
            remove(token)
            throw TransportFailure(.connect, .overloaded, error.description)
        }
        return token
    }

    /// Something to wait on that has no descriptor: for ``signal(_:)``, or only for time.
    package func add() -> Token {
        slots.make(descriptor: -1)
    }

    /// Closes the descriptor, if there is one, and forgets the token, and who attends to it. No task may be waiting on it.
    package func remove(_ token: Token) {
        let slot = slots[token]
        if case .task = slot.waiter { preconditionFailure("a token was removed while a task waited on it") }
        timers.remove(token.index, in: &slots)
        slots.remove(token)
        if slot.descriptor >= 0 { close(slot.descriptor) }
    }

    /// Forgets the token and gives its descriptor back, open and watched no more. Nobody may be waiting on it.
    package func release(_ token: Token) -> Descriptor {
        let descriptor = slots[token].descriptor
        precondition(descriptor >= 0, "there is no descriptor to give back")
        poller.remove(descriptor)
        slots[token].descriptor = -1
        remove(token)
        return Descriptor(owning: descriptor)
    }

    /// The descriptor behind a token.
    package func descriptor(of token: Token) -> Int32 {
        slots[token].descriptor
    }

    /// Says that a call on the descriptor would have blocked, so that the next wait for `readiness` waits for an edge.
    package func exhausted(_ readiness: Readiness, of token: Token) {
        slots[token].ready.subtract(readiness)
    }

    /// Waits until the descriptor can do one of `interest`, the deadline passes (nil: never), somebody signals the token,
    /// or the task is cancelled. One waiter a token.
    package func wait(on token: Token, for interest: Readiness = [], until deadline: ContinuousClock.Instant?) async
        -> Wake
    {
        if let wake = wakeAtOnce(of: token, for: interest) { return wake }
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                post(.task(continuation), at: token, for: interest, until: deadline)
            }
        } onCancel: {
            executor.signal(token, .cancelled)
        }
    }

    /// Has `step` called at each wake of a token, as ``wait(on:for:until:)`` would end, and say what to wait for next, until it
    /// says nothing more or the token is removed.
    ///
    /// For what goes on for hours: it needs no task, whose stack alone is several kilobytes. The first call may come at once.
    package func attend(to token: Token, _ first: Attention, step: @escaping (Wake) -> Attention?) {
        goOn(step, at: token, first)
    }

    /// Steps for as long as there is no need to wait.
    private func goOn(_ step: @escaping (Wake) -> Attention?, at token: Token, _ first: Attention?) {
        var next = first
        while let attention = next {
            guard let wake = wakeAtOnce(of: token, for: attention.interest) else {
                return post(.attendance(step), at: token, for: attention.interest, until: attention.deadline)
            }
            next = step(wake)
        }
    }

    private func post(
        _ waiter: Waiter,
        at token: Token,
        for interest: Readiness,
        until deadline: ContinuousClock.Instant?
    ) {
        precondition(slots[token].waiter == nil, "two wait on one token")
        slots[token].interest = interest.orEnd
        slots[token].waiter = waiter
        if let deadline { timers.insert(token.index, due: gridded(deadline), in: &slots) }
    }

    /// Whether a call on the descriptor has something to tell, as far as the loop has heard.
    func isReady(for readiness: Readiness, _ token: Token) -> Bool {
        !slots[token].ready.isDisjoint(with: readiness.orEnd)
    }

    /// How a wait ends that need not begin; nil where it must. A signal is taken by it.
    private func wakeAtOnce(of token: Token, for interest: Readiness) -> Wake? {
        guard slots[token].isSignalled else { return isReady(for: interest, token) ? .ready : nil }
        slots[token].isSignalled = false
        return .signalled
    }

    /// Room for what is read now; the next read writes over it.
    var space: UnsafeMutableRawBufferPointer { scratch.space }

    /// Ends the wait on a token, or the next one. From any thread.
    package nonisolated func signal(_ token: Token) {
        executor.signal(token, .signalled)
    }

    /// Waits until `deadline`, or until the task is cancelled.
    @discardableResult
    package func sleep(until deadline: ContinuousClock.Instant) async -> Wake {
        let token = add()
        defer { remove(token) }
        return await wait(on: token, until: deadline)
    }

    private func gridded(_ deadline: ContinuousClock.Instant) -> Int64 {
        let due = max(0, origin.nanoseconds(to: deadline))
        let grid = due - woke > Self.far ? Self.coarseGrid : Self.grid
        return due > .max - grid ? .max : (due + grid - 1) / grid * grid
    }
}

// MARK: - The thread

extension EventLoop {
    /// Starts the loop's thread; it holds the loop until ``stop()``.
    ///
    /// - Parameter name: what `top` and `/proc` show; 15 bytes at most.
    /// - Throws: `configure.overloaded` where the system grants no thread.
    package nonisolated func start(named name: String) throws(TransportFailure) {
        // OpenSSL writes to sockets without MSG_NOSIGNAL: a peer that is gone must not end the process.
        _ = Glibc.signal(SIGPIPE, SIG_IGN)
        expectedMove.store(origin.nanoseconds(to: clock.now), ordering: .relaxed)
        do {
            try startThread(named: name) { self.turnUntilStopped() }
        } catch {
            throw TransportFailure(.configure, .overloaded, "no thread for an event loop: \(error)")
        }
    }

    /// Ends the thread once the jobs that are queued have run. Tasks that still wait are never resumed: cancel them and
    /// await their end first.
    package nonisolated func stop() {
        executor.stop()
    }

    private nonisolated func turnUntilStopped() {
        executor.adoptCurrentThread()
        while executor.runJobs() {
            assumeIsolated { $0.turn() }
        }
    }

    /// Sleeps until something happens, then wakes whoever waited for it.
    private func turn() {
        deliverSignals()
        let earliest = timers.earliest
        let patience: Duration?
        if executor.fallAsleep() {
            // First: whoever learns from the clock that the loop sleeps may ask at once when it is to move.
            expectedMove.store(earliest ?? .max, ordering: .relaxed)
            patience = clock.patience(until: earliest.map { origin + .nanoseconds($0) }, of: executor)
        } else {
            patience = .zero
        }
        var mayBeMore = poller.wait(patience) {
            // First, or every task that is resumed would ring the bell of a loop that is already up.
            executor.rise()
            deliver($1, to: $0)
        }
        executor.rise()
        let now = origin.nanoseconds(to: clock.now)
        expectedMove.store(now, ordering: .relaxed)
        woke = now
        // Every answer that is there comes before any deadline: after a pause of the whole machine both have passed.
        for _ in 0..<64 where mayBeMore {
            mayBeMore = poller.wait(.zero) { deliver($1, to: $0) }
        }
        deliverDeadlines(at: now)
        deliverSignals()
    }

    private func deliver(_ readiness: Readiness, to data: UInt64) {
        guard data != Self.bellData else { return executor.silenceBell() }
        let token = Token(data: data)
        // A batch may hold events of a descriptor that was closed earlier in the same batch.
        guard slots.contains(token) else { return }
        slots[token].ready.formUnion(readiness)
        if !slots[token].ready.isDisjoint(with: slots[token].interest) { resume(token, .ready) }
    }

    private func deliverDeadlines(at now: Int64) {
        while let index = timers.popDue(at: now, in: &slots) {
            resume(Token(index: index, generation: slots[index].generation), .deadline)
        }
    }

    private func deliverSignals() {
        for (token, wake) in executor.takeSignals() where slots.contains(token) {
            if slots[token].waiter != nil {
                resume(token, wake)
            } else if wake == .signalled {
                slots[token].isSignalled = true
            }
            // A cancellation is for the wait that it came too late for: the task's next one hears of it anew.
        }
    }

    private func resume(_ token: Token, _ wake: Wake) {
        guard let waiter = slots[token].waiter else { return }
        slots[token].waiter = nil
        slots[token].interest = []
        timers.remove(token.index, in: &slots)
        switch waiter {
        case .task(let continuation): continuation.resume(returning: wake)
        case .attendance(let step): goOn(step, at: token, step(wake))
        }
    }
}

extension Token {
    fileprivate init(data: UInt64) {
        self.init(index: UInt32(truncatingIfNeeded: data), generation: UInt32(truncatingIfNeeded: data >> 32))
    }

    /// As epoll carries it.
    fileprivate var data: UInt64 { UInt64(generation) << 32 | UInt64(index) }
}

extension ContinuousClock.Instant {
    /// The distance to `other`, rounded down, within what 64 bits hold.
    fileprivate func nanoseconds(to other: ContinuousClock.Instant) -> Int64 {
        let (seconds, attoseconds) = duration(to: other).components
        guard abs(seconds) < 9_000_000_000 else { return seconds < 0 ? .min : .max }
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
