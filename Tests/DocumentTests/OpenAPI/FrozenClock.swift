import Synchronization
import Transport

/// A clock that stands still unless a test moves it, and that wakes nobody when it does.
final class FrozenClock: LoopClock {
    private let instant = Mutex(ContinuousClock.Instant.now)

    var now: ContinuousClock.Instant { instant.withLock { $0 } }

    func move(by duration: Duration) {
        instant.withLock { $0 += duration }
    }

    func patience(until earliest: ContinuousClock.Instant?, of loop: LoopExecutor) -> Duration? {
        nil
    }
}
