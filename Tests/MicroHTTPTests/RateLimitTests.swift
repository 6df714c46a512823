import Testing

@testable import MicroHTTP

@Suite("What a log can take")
struct RateLimitTests {
    @Test("A burst passes, the rest is counted and told with the next that passes")
    func burst() {
        let start = ContinuousClock.now
        var limit = RateLimit(burst: 2, per: .seconds(10))
        #expect(limit.admit(now: start) == 0)
        #expect(limit.admit(now: start + .seconds(1)) == 0)
        #expect(limit.admit(now: start + .seconds(2)) == nil)
        #expect(limit.admit(now: start + .seconds(9)) == nil)
        #expect(limit.admit(now: start + .seconds(10)) == 2)
        #expect(limit.admit(now: start + .seconds(11)) == 0)
        #expect(limit.admit(now: start + .seconds(19)) == nil)
        #expect(limit.admit(now: start + .seconds(60)) == 1)
    }
}
