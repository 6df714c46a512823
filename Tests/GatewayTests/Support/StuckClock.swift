import Synchronization
import Transport

/// A clock that wakes no loop when time passes, as if their threads hung once asleep.
final class StuckClock: LoopClock {
    private let instant: Mutex<ContinuousClock.Instant>

    init(now: ContinuousClock.Instant = .now) {
        instant = Mutex(now)
    }

    var now: ContinuousClock.Instant { instant.withLock { $0 } }

    func move(to now: ContinuousClock.Instant) { instant.withLock { $0 = now } }

    func patience(until earliest: ContinuousClock.Instant?, of loop: LoopExecutor) -> Duration? {
        earliest.map { $0 <= now } == true ? .zero : nil
    }
}
