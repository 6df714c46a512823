import Health
import TestSupport
import Testing

@Suite("Pace of a check")
struct PaceTests {
    static let policy = CheckPolicy(period: .seconds(5), timeout: .seconds(1), failureThreshold: 1, jitter: 0)

    /// Feeds results of no duration, each at the moment the one before set, and tells the pauses between them.
    static func pauses(
        after outcomes: [ProbeOutcome],
        _ policy: CheckPolicy = policy,
        chance: Double = 0
    ) -> [Duration] {
        var check = Timeline(policy)
        var pace = Pace()
        var now = Timeline.start
        return outcomes.map { outcome in
            let result = ProbeResult(outcome, started: now, finished: now, time: Timestamp(milliseconds: 0))
            _ = check.state.record(result)
            let due = pace.next(after: result, of: check.state, scheduled: now, chance: chance)
            check.state.expect(probeAt: due)
            defer { now = due }
            return now.duration(to: due)
        }
    }

    static func failures(_ stage: FailureCode.Stage, _ reason: FailureCode.Reason, _ count: Int) -> [ProbeOutcome] {
        [ProbeOutcome](repeating: .failed(ProbeFailure(FailureCode(stage, reason))), count: count)
    }

    @Test("A check that passes is asked once a period")
    func passing() {
        #expect(Self.pauses(after: [.passed(), .passed()]) == [.seconds(5), .seconds(5)])
    }

    @Test("A server that starts is asked every 100 ms for 5 s, then every 250 ms for 5 s, then once a period")
    func starting() {
        let pauses = Self.pauses(after: Self.failures(.connect, .refused, 80)).map { Int($0 / .milliseconds(1)) }
        #expect(pauses.prefix(50) == [Int](repeating: 100, count: 50)[...])
        #expect(pauses[50..<70] == [Int](repeating: 250, count: 20)[...])
        #expect(pauses.dropFirst(70) == [Int](repeating: 5000, count: 10)[...])
    }

    @Test("A server that hangs up is asked as one that refuses, and together with it")
    func hangingUp() {
        let outcomes =
            Self.failures(.login, .closed, 25) + Self.failures(.connect, .refused, 25)
            + Self.failures(.exchange, .closed, 21)
        let pauses = Self.pauses(after: outcomes).map { Int($0 / .milliseconds(1)) }
        #expect(pauses.prefix(50) == [Int](repeating: 100, count: 50)[...])
        #expect(pauses[50..<70] == [Int](repeating: 250, count: 20)[...])
        #expect(pauses.last == 5000)
    }

    @Test("Whatever the jitter, a server that starts is asked ten times a second at most", arguments: [0, 0.5, 1])
    func gentle(chance: Double) {
        var policy = Self.policy
        policy.jitter = 0.5
        let pauses = Self.pauses(after: Self.failures(.connect, .refused, 20), policy, chance: chance)
        #expect(pauses.allSatisfy { $0 >= .milliseconds(100) && $0 <= .milliseconds(200) })
    }

    @Test("The fast pace begins anew when the server has been up, and when it fails in another way meanwhile")
    func startingAnew() {
        let refused = Self.failures(.connect, .refused, 2)
        #expect(
            Self.pauses(after: refused + [.passed()] + refused)
                == [.milliseconds(100), .milliseconds(100), .seconds(5), .milliseconds(100), .milliseconds(100)]
        )
        let long = Self.failures(.connect, .refused, 75)
        #expect(Self.pauses(after: long + [.passed()] + refused).last == .milliseconds(100))
        let denied = Self.failures(.login, .denied, 1)
        #expect(Self.pauses(after: long + denied + refused).suffix(2) == [.milliseconds(100), .milliseconds(100)])
    }

    @Test("Two codes of one class go on where the first has got to")
    func oneClass() {
        let pauses = Self.pauses(after: Self.failures(.connect, .refused, 70) + Self.failures(.login, .starting, 1))
        #expect(pauses.last == .seconds(5))
    }

    @Test("A server with too much to do is asked half as often, but every 30 s at least")
    func overloaded() {
        #expect(Self.pauses(after: Self.failures(.login, .overloaded, 2)) == [.seconds(10), .seconds(10)])
        var slow = Self.policy
        slow.period = .seconds(20)
        #expect(Self.pauses(after: Self.failures(.login, .overloaded, 1), slow) == [.seconds(30)])
    }

    @Test("What waiting will not mend is asked after a period, then after twice as long, 30 s at the longest")
    func permanent() {
        let pauses = Self.pauses(after: Self.failures(.login, .denied, 6))
        #expect(pauses == [5, 10, 20, 30, 30, 30].map { Duration.seconds($0) })
    }

    @Test("A period longer than 30 s is the longest pause itself")
    func longPeriod() {
        var policy = Self.policy
        policy.period = .seconds(60)
        #expect(
            Self.pauses(after: Self.failures(.login, .denied, 3), policy) == [60, 60, 60].map { Duration.seconds($0) }
        )
    }

    @Test("Every other failure is asked about once a period")
    func transient() {
        #expect(Self.pauses(after: Self.failures(.exchange, .timedOut, 3)) == [5, 5, 5].map { Duration.seconds($0) })
    }

    @Test("The period counts from when a probe was due, so that a check does not drift")
    func noDrift() {
        var pace = Pace()
        let result = ProbeResult(
            .passed(),
            started: Timeline.instant(10.2),
            finished: Timeline.instant(10.9),
            time: Timestamp(milliseconds: 0)
        )
        let due = pace.next(
            after: result,
            of: CheckState(policy: Self.policy),
            scheduled: Timeline.instant(10),
            chance: 0
        )
        #expect(due == Timeline.instant(15))
    }

    @Test("Missed ticks are skipped, not made up for: the count begins anew with the probe that came late")
    func missedTicks() {
        var pace = Pace()
        let result = ProbeResult(
            .passed(),
            started: Timeline.instant(60),
            finished: Timeline.instant(61),
            time: Timestamp(milliseconds: 0)
        )
        let state = CheckState(policy: Self.policy)
        let due = pace.next(after: result, of: state, scheduled: Timeline.instant(10), chance: 0)
        #expect(due == Timeline.instant(65))
    }

    @Test("Jitter only shortens a pause, by no more than its part", arguments: [0, 0.25, 0.5, 1])
    func jitter(chance: Double) {
        var policy = Self.policy
        policy.jitter = 0.2
        for outcomes in [
            [.passed(), .passed()], Self.failures(.connect, .refused, 9), Self.failures(.login, .denied, 6),
            Self.failures(.login, .busy, 2), Self.failures(.exchange, .closed, 2),
        ] {
            let exact = Self.pauses(after: outcomes, policy)
            let jittered = Self.pauses(after: outcomes, policy, chance: chance)
            for (exact, jittered) in zip(exact, jittered) {
                #expect(jittered <= exact)
                #expect(jittered >= exact * 0.8)
            }
        }
        #expect(Self.pauses(after: [.passed()], policy, chance: 1) == [.seconds(4)])
    }

    @Test(
        "A check that still passes has its failure confirmed a period later, whatever pace the failure would have",
        arguments: [FailureCode(.login, .denied), FailureCode(.login, .overloaded), FailureCode(.exchange, .timedOut)]
    )
    func confirmed(code: FailureCode) {
        var policy = Self.policy
        policy.failureThreshold = 3
        let failed = ProbeOutcome.failed(ProbeFailure(code))
        let pauses = Self.pauses(after: [.passed(), failed, failed], policy)
        #expect(pauses == [5, 5, 5].map { Duration.seconds($0) })
    }

    @Test("A server that went away is asked fast, and once more exactly when its failure counts again")
    func confirmedFast() {
        var policy = Self.policy
        policy.failureThreshold = 2
        policy.period = .milliseconds(320)
        let pauses = Self.pauses(after: [.passed()] + Self.failures(.connect, .refused, 5), policy)
        #expect(pauses == [320, 100, 100, 100, 20, 100].map { Duration.milliseconds($0) })
    }

    @Test("No pace is slower than the period while a check passes", arguments: 1...200)
    func neverSlowerWhilePassing(seed: Int) {
        var random = SeededGenerator(seed: seed)
        var check = Timeline(
            CheckPolicy(
                period: .seconds(Int.random(in: 1...60, using: &random)),
                failureThreshold: Int.random(in: 1...4, using: &random),
                jitter: Double.random(in: 0...0.5, using: &random)
            )
        )
        let policy = check.state.policy
        let codes = FailureCode.Stage.allCases.flatMap { stage in
            [FailureCode.Reason.refused, .denied, .overloaded, .timedOut, .starting].map { FailureCode(stage, $0) }
        }
        var pace = Pace()
        var due = Timeline.start
        for _ in 0..<60 {
            let started = due + .milliseconds(Int.random(in: 0...20, using: &random))
            let finished = started + .milliseconds(Int.random(in: 0...900, using: &random))
            let outcome: ProbeOutcome =
                Bool.random(using: &random) ? .passed() : .failed(ProbeFailure(codes.randomElement(using: &random)!))
            let result = ProbeResult(outcome, started: started, finished: finished, time: Timestamp(milliseconds: 0))
            _ = check.state.record(result)
            let next = pace.next(
                after: result,
                of: check.state,
                scheduled: due,
                chance: .random(in: 0...1, using: &random)
            )
            #expect(next >= finished)
            if check.state.level(at: finished) == .pass {
                #expect(due.duration(to: next) <= policy.period + .seconds(1))
            }
            #expect(finished.duration(to: next) <= max(policy.period, .seconds(30)))
            check.state.expect(probeAt: next)
            due = next
        }
    }
}

@Suite("First probes")
struct FirstDelayTests {
    @Test("The first eight checks begin at once, a few milliseconds apart")
    func early() {
        let delays = (0..<8).map { Pace.firstDelay(of: $0, among: 100, policy: CheckPolicy()) }
        #expect(delays == (0..<8).map { .milliseconds($0 * 5) })
    }

    @Test("All others are spread over their period")
    func spread() {
        let policy = CheckPolicy(period: .seconds(10))
        let delays = (8..<200).map { Pace.firstDelay(of: $0, among: 200, policy: policy) }
        for (delay, next) in zip(delays, delays.dropFirst()) { #expect(delay.distance(to: next) == .milliseconds(50)) }
        #expect(delays.allSatisfy { $0 < policy.period })
    }

    @Test("initialDelay comes on top")
    func initialDelay() {
        let policy = CheckPolicy(period: .seconds(10), initialDelay: .seconds(3))
        #expect(Pace.firstDelay(of: 0, among: 1, policy: policy) == .seconds(3))
        #expect(Pace.firstDelay(of: 50, among: 100, policy: policy) == .seconds(8))
    }
}

extension Duration {
    fileprivate func distance(to other: Duration) -> Duration { other - self }
}
