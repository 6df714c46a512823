internal import Synchronization
package import Transport

/// A clock that stands still until a test moves it; event loops on it wait without a time-out of the kernel's.
///
/// Knows when every loop sleeps with nothing left to do, so that a test waits for that and never for time to pass. What
/// is under way elsewhere it does not know, so await that first: a server's answer, a side thread, and a task without
/// `executorPreference: loop.executor`, which goes through the shared pool between any two steps on a loop.
///
/// Tests move it from outside of its loops. A loop that was stopped must be gone before the clock is used again.
package final class ManualClock: LoopClock {
    fileprivate struct Sleeper {
        weak var loop: LoopExecutor?
        /// Which sleep it called for patience in.
        let sleep: Int?
        let earliest: ContinuousClock.Instant?
    }

    fileprivate struct State {
        var now: ContinuousClock.Instant
        var sleepers: [ObjectIdentifier: Sleeper] = [:]
        var watchers: [CheckedContinuation<Bool, Never>] = []
    }

    private let loops: Int
    private let state: Mutex<State>

    /// - Parameters:
    ///   - loops: how many event loops run on it; nothing is asleep until so many are.
    ///   - now: what time it is at first.
    package init(loops: Int = 1, now: ContinuousClock.Instant = .now) {
        self.loops = loops
        state = Mutex(State(now: now))
    }

    package var now: ContinuousClock.Instant { state.withLock { $0.now } }

    package func patience(until earliest: ContinuousClock.Instant?, of loop: LoopExecutor) -> Duration? {
        let (isDue, watchers) = state.withLock { state in
            state.sleepers[ObjectIdentifier(loop)] = Sleeper(
                loop: loop,
                sleep: loop.currentSleep,
                earliest: earliest
            )
            let watchers = state.watchers
            state.watchers = []
            return (earliest.map { $0 <= state.now } ?? false, watchers)
        }
        for watcher in watchers { watcher.resume(returning: false) }
        return isDue ? .zero : nil
    }
}

// MARK: - What tests do

extension ManualClock {
    /// Waits until every loop sleeps: whatever was handed to a loop before has been worked off, and no timer is due.
    package func waitUntilAsleep() async {
        // One turn for each, so that they look at their descriptors once more.
        state.withLock { $0.wake { _ in true } }
        while await !areAsleepOrOneFallsAsleep() {}
    }

    /// Moves on by `time`, with a stop at every timer on the way, and waits until every loop sleeps again.
    package func advance(by time: Duration) async {
        await waitUntilAsleep()
        let end = now + time
        while let next = nextTimer, next <= end {
            move(to: next)
            await waitUntilAsleep()
        }
        move(to: end)
        await waitUntilAsleep()
    }

    /// Moves on to the next timer of any loop and waits until every loop sleeps again.
    ///
    /// - Returns: by how much it moved; nil where no loop has a timer.
    @discardableResult
    package func advanceToNextTimer() async -> Duration? {
        await waitUntilAsleep()
        guard let next = nextTimer else { return nil }
        let before = now
        move(to: next)
        await waitUntilAsleep()
        return before.duration(to: next)
    }

    /// Moves on by `time` at once, past every timer, as after a pause of the whole machine.
    package func jump(by time: Duration) async {
        await waitUntilAsleep()
        move(to: now + time)
        await waitUntilAsleep()
    }

    /// When the first timer of all loops is due; nil where there is none. Right only while they sleep.
    package var nextTimer: ContinuousClock.Instant? {
        state.withLock { $0.sleepers.values.compactMap { $0.loop == nil ? nil : $0.earliest }.min() }
    }

    private func move(to instant: ContinuousClock.Instant) {
        state.withLock { state in
            state.now = max(state.now, instant)
            let now = state.now
            state.wake { $0.earliest.map { $0 <= now } ?? false }
        }
    }

    /// True where every loop sleeps; else waits until one falls asleep, and is false.
    private func areAsleepOrOneFallsAsleep() async -> Bool {
        await withCheckedContinuation { continuation in
            let areAsleep = state.withLock { state in
                let areAsleep = state.areAsleep(atLeast: loops)
                if !areAsleep { state.watchers.append(continuation) }
                return areAsleep
            }
            if areAsleep { continuation.resume(returning: true) }
        }
    }
}

extension ManualClock.State {
    /// Wakes the loops whose sleep is as described.
    fileprivate mutating func wake(where isToWake: (ManualClock.Sleeper) -> Bool) {
        for sleeper in sleepers.values where isToWake(sleeper) { sleeper.loop?.wake() }
    }

    /// Whether there was a moment, just now, at which every loop slept with no timer due.
    ///
    /// A loop can call for patience only after the lock is free again, so where this is false a call is still to come.
    fileprivate mutating func areAsleep(atLeast loops: Int) -> Bool {
        sleepers = sleepers.filter { $0.value.loop != nil }
        // The second reading proves that the sleeps of the first were one moment's.
        return sleepers.count >= loops && sleepers.values.allSatisfy(isAsleep) && sleepers.values.allSatisfy(isAsleep)
    }

    private func isAsleep(_ sleeper: ManualClock.Sleeper) -> Bool {
        sleeper.sleep != nil && sleeper.sleep == sleeper.loop?.currentSleep && sleeper.earliest.map { $0 > now } ?? true
    }
}
