/// What time it is for an event loop, and how long the kernel may keep it waiting.
///
/// Injected, the kernel's time-out included, or no test of pace could run.
package protocol LoopClock: Sendable {
    /// Monotonic; goes on while the machine sleeps, so that a result from before reads as stale after.
    var now: ContinuousClock.Instant { get }

    /// How long the loop may wait for descriptors, or nil for as long as nothing happens.
    ///
    /// - Parameters:
    ///   - earliest: when the loop's next timer is due; nil where it has none.
    ///   - loop: the loop that is about to wait; may be kept, to be woken early.
    func patience(until earliest: ContinuousClock.Instant?, of loop: LoopExecutor) -> Duration?
}

/// The machine's own clock.
package struct SystemClock: LoopClock {
    package init() {}

    package var now: ContinuousClock.Instant { .now }

    package func patience(until earliest: ContinuousClock.Instant?, of loop: LoopExecutor) -> Duration? {
        earliest.map { max(.zero, now.duration(to: $0)) }
    }
}
