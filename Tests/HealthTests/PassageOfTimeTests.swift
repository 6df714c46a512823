import Health
import Testing

@Suite("What time does to a check")
struct PassageOfTimeTests {
    /// Stale 3 s after the moment set for the next probe: 2 × timeout + 1 s.
    static let policy = CheckPolicy(period: .seconds(5), timeout: .seconds(1), failureThreshold: 2, jitter: 0)

    @Test("A pass goes stale 2 × timeout + 1 s after the next result was due, not a moment earlier")
    func stale() {
        var check = Timeline(Self.policy)
        check.pass(at: 0)
        #expect(Timeline.second(check.state.nextChange(after: Timeline.instant(0))) == 8)
        #expect(check.level(at: 7.999) == .pass)
        #expect(check.level(at: 8) == .fail)
        #expect(check.code(at: 8) == "stale")
        #expect(check.state.nextChange(after: Timeline.instant(8)) == nil)
    }

    @Test("A warning goes stale as a pass does")
    func staleWarning() {
        var check = Timeline(Self.policy)
        check.pass(at: 0, warning: ProbeFailure(FailureCode(.secure, .expiring)))
        #expect(check.level(at: 7.9) == .warn)
        #expect(check.code(at: 7.9) == "secure.expiring")
        #expect(check.level(at: 8) == .fail)
        #expect(check.code(at: 8) == "stale")
    }

    @Test("A failing check never goes stale: it keeps its code")
    func failingKeepsItsCode() {
        var check = Timeline(Self.policy)
        check.fail(at: 0)
        #expect(check.level(at: 10_000) == .fail)
        #expect(check.code(at: 10_000) == "connect.refused")
        #expect(check.state.nextChange(after: Timeline.instant(0)) == nil)
    }

    @Test("A pending check never goes stale: it stays pending")
    func pendingStaysPending() {
        var check = Timeline(CheckPolicy(successThreshold: 2))
        check.pass(at: 0)
        #expect(check.level(at: 10_000) == .pending)
        #expect(check.code(at: 10_000) == "pending")
    }

    @Test("Staleness is reckoned from the moment that was set, however far off that is")
    func staleFromDue() {
        var check = Timeline(Self.policy)
        check.pass(at: 0)
        check.state.expect(probeAt: Timeline.instant(60))
        #expect(check.level(at: 62.9) == .pass)
        #expect(check.level(at: 63) == .fail)
    }

    @Test("Time alone is reported as a change once, when somebody looks")
    func observed() {
        var check = Timeline(Self.policy)
        check.pass(at: 0)
        #expect(check.observe(at: 7) == nil)
        let change = check.observe(at: 9)
        #expect(change?.from == .pass)
        #expect(change?.to == .fail)
        #expect(check.state.since == Timeline.timestamp(9))
        #expect(check.observe(at: 10) == nil)
    }

    @Test("A pass that comes too late makes a stale check pass at once, and is no change to fail")
    func latePass() {
        var check = Timeline(Self.policy)
        check.pass(at: 0)
        // Nobody looked meanwhile: for the log nothing has changed.
        #expect(check.transition(.passed(), at: 60) == nil)
        #expect(check.level(at: 60) == .pass)
        #expect(check.observe(at: 60) == nil)
    }

    @Test("A pass that comes too late is a change from fail where the staleness was noted")
    func latePassAfterLook() {
        var check = Timeline(Self.policy)
        check.pass(at: 0)
        _ = check.observe(at: 30)
        let change = check.transition(.passed(), at: 60)
        #expect(change?.from == .fail)
        #expect(change?.to == .pass)
    }

    @Test("A failure after staleness never makes a check pass again, though the threshold is not reached")
    func failureAfterStaleness() {
        var check = Timeline(Self.policy)
        check.pass(at: 0)
        #expect(check.level(at: 60) == .fail)
        #expect(check.fail(at: 60) == .fail)
        #expect(check.code(at: 60) == "connect.refused")
    }

    @Test("A check that passed is tolerated for a while after its first failure, shown as a warning with its code")
    func tolerated() {
        var policy = Self.policy
        policy.tolerate = .seconds(20)
        var check = Timeline(policy)
        check.pass(at: 0)
        #expect(check.fail(at: 5) == .pass)
        #expect(check.fail(at: 10) == .warn)
        #expect(check.code(at: 10) == "connect.refused")
        #expect(check.fail(at: 15) == .warn)
        #expect(check.fail(at: 20) == .warn)
        #expect(Timeline.second(check.state.nextChange(after: Timeline.instant(20))) == 25)
        #expect(check.level(at: 24.9) == .warn)
        #expect(check.level(at: 25) == .fail)
        #expect(check.code(at: 25) == "connect.refused")
    }

    @Test("A check that never passed is not tolerated")
    func neverPassed() {
        var policy = Self.policy
        policy.tolerate = .seconds(20)
        var check = Timeline(policy)
        #expect(check.fail(at: 0) == .fail)
    }

    @Test("Toleration that is over before the threshold is reached makes no warning")
    func shortToleration() {
        var policy = Self.policy
        policy.tolerate = .seconds(3)
        var check = Timeline(policy)
        check.pass(at: 0)
        check.fail(at: 5)
        #expect(check.fail(at: 10) == .fail)
    }

    @Test("Toleration begins anew with the next failure after a pass")
    func tolerationBeginsAnew() {
        var policy = Self.policy
        policy.tolerate = .seconds(8)
        policy.failureThreshold = 1
        var check = Timeline(policy)
        check.pass(at: 0)
        #expect(check.fail(at: 5) == .warn)
        #expect(check.fail(at: 15) == .fail)
        #expect(check.pass(at: 20) == .pass)
        #expect(check.fail(at: 25) == .warn)
    }

    @Test("A tolerated failure is not tolerated once results stop to come")
    func staleToleration() {
        var policy = Self.policy
        policy.tolerate = .seconds(600)
        policy.failureThreshold = 1
        var check = Timeline(policy)
        check.pass(at: 0)
        #expect(check.fail(at: 5) == .warn)
        #expect(Timeline.second(check.state.nextChange(after: Timeline.instant(5))) == 13)
        #expect(check.level(at: 12.9) == .warn)
        #expect(check.level(at: 13) == .fail)
        #expect(check.code(at: 13) == "connect.refused")
    }

    @Test("A pass slower than warnAfter is a warning until a faster one comes")
    func slowPass() {
        var policy = Self.policy
        policy.warnAfter = .milliseconds(200)
        var check = Timeline(policy)
        #expect(check.pass(at: 0, taking: .milliseconds(200)) == .pass)
        #expect(check.pass(at: 5, taking: .milliseconds(201)) == .warn)
        #expect(check.code(at: 6) == "assert.timed_out")
        #expect(check.pass(at: 10, taking: .milliseconds(10)) == .pass)
    }

    @Test("What the probe warns of goes before its slowness")
    func warningBeforeSlowness() {
        var policy = Self.policy
        policy.warnAfter = .milliseconds(200)
        var check = Timeline(policy)
        check.pass(at: 0, taking: .seconds(1), warning: ProbeFailure(FailureCode(.secure, .expiring)))
        #expect(check.code(at: 1) == "secure.expiring")
    }

    @Test("stableFor asks for passes without a break for so long, from the start and after each failure")
    func stableFor() {
        var policy = Self.policy
        policy.stableFor = .seconds(10)
        var check = Timeline(policy)
        #expect(check.pass(at: 0) == .pending)
        #expect(check.pass(at: 5) == .pending)
        #expect(check.pass(at: 10) == .pass)
        check.fail(at: 15)
        #expect(check.fail(at: 20) == .fail)
        #expect(check.pass(at: 25) == .fail)
        #expect(check.pass(at: 30) == .fail)
        #expect(check.fail(at: 32) == .fail)
        #expect(check.pass(at: 35) == .fail)
        #expect(check.pass(at: 40) == .fail)
        #expect(check.pass(at: 45) == .pass)
    }
}
