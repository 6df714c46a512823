/// Lets the first few of a burst through and counts the rest.
struct RateLimit {
    private let burst: Int
    private let period: Duration
    private var windowEnd: ContinuousClock.Instant?
    private var passed = 0
    private var suppressed = 0

    /// At most `burst` pass in each `period`, which begins with the first that passes.
    init(burst: Int, per period: Duration) {
        self.burst = burst
        self.period = period
    }

    /// The number held back since the last one that passed, or nil: hold this one back too.
    mutating func admit(now: ContinuousClock.Instant) -> Int? {
        if windowEnd.map({ now >= $0 }) ?? true {
            windowEnd = now + period
            passed = 0
        }
        guard passed < burst else {
            suppressed += 1
            return nil
        }
        passed += 1
        defer { suppressed = 0 }
        return suppressed
    }
}
