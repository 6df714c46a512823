internal import Glibc

extension Duration {
    /// The time since the machine began, as of the kernel's last tick: some milliseconds late, and read in a quarter of the time
    /// (clock_gettime(2), CLOCK_MONOTONIC_COARSE).
    static var coarseUptime: Duration {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
