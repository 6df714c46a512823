internal import CLinux
internal import Glibc
internal import Synchronization

/// Runs an event loop's jobs on the loop's own thread, both as the actor's executor and as the tasks'.
///
/// It is both because a continuation first queues its task on the task's executor and then hops to the actor: with one
/// object for the two there is no hop (measured: 54 instead of 101 µs a wait, 11 instead of 17,952 futex calls).
package final class LoopExecutor: SerialExecutor, TaskExecutor {
    private struct Inbox {
        var jobs: [UnownedJob] = []
        var signals: [(token: Token, wake: Wake)] = []
        var isStopping = false
    }

    /// An eventfd in the loop's epoll set, rung to end the loop's sleep.
    let bell: Int32
    private let inbox = Mutex(Inbox())
    /// Odd while the thread sleeps; goes up by one whenever it falls asleep and whenever it is woken.
    private let sleepCount = Atomic(0)
    private let thread = Atomic<UInt>(0)

    init() throws(SystemError) {
        bell = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        guard bell >= 0 else { throw SystemError.last }
    }

    deinit {
        close(bell)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        inbox.withLock { $0.jobs.append(job) }
        wake()
    }

    /// Ends the wait on `token`, now or when it begins; a token that is gone is passed over. From any thread.
    func signal(_ token: Token, _ wake: Wake) {
        inbox.withLock { $0.signals.append((token, wake)) }
        self.wake()
    }

    /// Ends the loop's thread after the jobs that are queued already. From any thread.
    func stop() {
        inbox.withLock { $0.isStopping = true }
        wake()
    }

    /// Ends the loop's sleep, if it sleeps. From any thread.
    package func wake() {
        guard endSleep() else { return }
        var one: UInt64 = 1
        _ = write(bell, &one, MemoryLayout<UInt64>.size)
    }

    /// Tells one sleep of the loop's thread from the next; nil while it is awake, or has been told to be.
    ///
    /// Loops whose sleeps are the same in two readings all slept at once in between: so a manual clock knows that
    /// nothing is left to do.
    package var currentSleep: Int? {
        let count = sleepCount.load(ordering: .acquiring)
        return count.isMultiple(of: 2) ? nil : count
    }

    package func isIsolatingCurrentContext() -> Bool? {
        thread.load(ordering: .relaxed) == UInt(pthread_self())
    }

    package func checkIsolated() {
        precondition(isIsolatingCurrentContext() == true, "not on the event loop's thread")
    }
}

extension LoopExecutor {
    /// Makes the calling thread the loop's own.
    func adoptCurrentThread() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
    }

    /// Runs what is queued until nothing is; false when the loop is to end.
    func runJobs() -> Bool {
        while true {
            let (jobs, isStopping) = inbox.withLock { inbox in
                let jobs = inbox.jobs
                inbox.jobs = []
                return (jobs, inbox.isStopping)
            }
            if jobs.isEmpty { return !isStopping }
            for job in jobs {
                job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
            }
        }
    }

    func takeSignals() -> [(token: Token, wake: Wake)] {
        inbox.withLock { inbox in
            if inbox.signals.isEmpty { return [] }
            let signals = inbox.signals
            inbox.signals = []
            return signals
        }
    }

    /// Announces that the thread is about to wait; false when something came in meanwhile and it must not.
    func fallAsleep() -> Bool {
        sleepCount.wrappingAdd(1, ordering: .sequentiallyConsistent)
        let isQuiet = inbox.withLock { $0.jobs.isEmpty && $0.signals.isEmpty && !$0.isStopping }
        if !isQuiet { rise() }
        return isQuiet
    }

    /// Says that the thread waits no more.
    func rise() {
        _ = endSleep()
    }

    /// Whether there was a sleep to end.
    private func endSleep() -> Bool {
        let count = sleepCount.load(ordering: .acquiring)
        guard !count.isMultiple(of: 2) else { return false }
        return sleepCount.compareExchange(expected: count, desired: count + 1, ordering: .acquiringAndReleasing)
            .exchanged
    }

    /// Takes back the rings of the bell.
    func silenceBell() {
        var count: UInt64 = 0
        _ = read(bell, &count, MemoryLayout<UInt64>.size)
    }
}
