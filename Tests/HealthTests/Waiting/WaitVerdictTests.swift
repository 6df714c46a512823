import Health
import Testing

@Suite("What a wait waits for")
struct WaitVerdictTests {
    private static func after(_ seconds: Double, _ now: Double) -> ProbeOutcome { now < seconds ? .refused : .passed() }

    @Test("All must pass: the last one decides")
    func all() {
        var trial = WaitTrial([CheckPolicy(), CheckPolicy()]) { check, now in Self.after([1, 2][check], now) }
        #expect(trial.play() == (.reached, 2000))
        #expect(trial.wait.last == 1)
    }

    @Test("A pass that is not older than the check's period counts at the end; an older one is tried again")
    func freshness() {
        var young = WaitTrial([CheckPolicy(), CheckPolicy()]) { check, now in Self.after([0, 3][check], now) }
        #expect(young.play().verdict == .reached)
        #expect(young.attempts[0] == [0])
        var old = WaitTrial([CheckPolicy(), CheckPolicy()]) { check, now in Self.after([0, 20][check], now) }
        let end = old.play()
        #expect(end.verdict == .reached)
        #expect(old.attempts[0] == [0, end.milliseconds])
    }

    @Test("What has passed and is gone at the end is waited for again")
    func goneAgain() {
        var trial = WaitTrial([CheckPolicy(), CheckPolicy()]) { check, now in
            check == 1 ? Self.after(20, now) : 1..<25 ~= now ? .refused : .passed()
        }
        let end = trial.play()
        #expect(end.verdict == .reached)
        #expect((25_000...25_200).contains(end.milliseconds), "\(end)")
        #expect(trial.wait.last == 0)
    }

    @Test("An optional check is waited for by nobody")
    func optional() {
        var trial = WaitTrial([CheckPolicy(), CheckPolicy(isRequired: false)]) { check, now in
            check == 1 ? .denied : Self.after(15, now)
        }
        #expect(trial.play().verdict == .reached)
    }

    @Test("With a quorum, so many are enough, and it is in vain only when too few are left")
    func quorum() {
        let policies = [CheckPolicy](repeating: CheckPolicy(), count: 3)
        let two = GateRule(.atLeast(2), of: (0..<3).map { GateRule.Entry(.check($0)) })
        var trial = WaitTrial(policies, for: two) { check, now in check == 0 ? .denied : Self.after(20, now) }
        #expect(trial.play().verdict == .reached)
        var hopeless = WaitTrial(policies, for: two) { check, now in check < 2 ? .denied : .passed() }
        #expect(hopeless.play() == (.inVain([0, 1]), 10_000))
    }

    @Test("Patience counts from the last time that the failure was another")
    func interrupted() {
        var trial = WaitTrial { _, now in now < 8 ? .denied : now < 12 ? .refused : .denied }
        let end = trial.play()
        #expect(end.verdict == .inVain([0]))
        #expect((22_000...22_600).contains(end.milliseconds), "\(end)")
    }

    @Test("With stable, all must go on passing for so long, and one failure starts it anew")
    func stable() {
        let terms = Wait.Terms(stable: .seconds(3))
        var steady = WaitTrial([CheckPolicy(), CheckPolicy()], terms) { check, now in Self.after([0, 1][check], now) }
        #expect(steady.play() == (.reached, 4000))
        var flapping = WaitTrial([CheckPolicy()], terms) { _, now in 2..<2.5 ~= now ? .refused : .passed() }
        let end = flapping.play()
        #expect(end.verdict == .reached)
        #expect((5500...5600).contains(end.milliseconds), "\(end)")
        #expect(flapping.pauses().allSatisfy { $0.milliseconds <= 300 })
    }

    @Test("Inverted, it waits until nobody answers, whatever is answered till then")
    func inverted() {
        var trial = WaitTrial([CheckPolicy()], Wait.Terms(isInverted: true)) { _, now in
            now < 20 ? .denied : now < 30 ? .passed() : .failed(.connect, .timedOut)
        }
        let end = trial.play()
        #expect(end.verdict == .reached)
        #expect((30_000...30_700).contains(end.milliseconds), "\(end)")
    }

    @Test("A threshold for passes holds, and they count once a period")
    func threshold() {
        var trial = WaitTrial([CheckPolicy(period: .seconds(2), successThreshold: 3, jitter: 0)]) { _, _ in .passed() }
        #expect(trial.play() == (.reached, 4000))
        #expect(trial.attempts[0] == [0, 2000, 4000])
    }

    @Test("A failure threshold does not hide that a server is gone at the end")
    func failureThreshold() {
        let patient = CheckPolicy(failureThreshold: 5, tolerate: .seconds(60))
        var trial = WaitTrial([patient, patient]) { check, now in
            check == 1 ? Self.after(20, now) : now < 1 ? .passed() : .refused
        }
        #expect(trial.play(seconds: 40).verdict == .goOn)
    }

    @Test("A condition of the gate is waited for, those of other gates are not")
    func condition() {
        let replica = ProbeOutcome.Observation(replication: Replication(roles: [ServerRole("replica")], lag: nil))
        let primary = ProbeOutcome.Observation(replication: Replication(roles: [ServerRole("primary")], lag: nil))
        let writer = GateRule(.all, of: [.init(.check(0), condition: GateCondition(role: ServerRole("primary")))])
        let reader = GateRule(.all, of: [.init(.check(0), condition: GateCondition(role: ServerRole("replica")))])
        let goal = GateRule(.all, of: [.init(.gate(0))])
        var trial = WaitTrial([CheckPolicy()], for: goal, among: [writer, reader]) { _, now in
            .passed(now < 5 ? replica : primary)
        }
        let end = trial.play()
        #expect(end.verdict == .reached)
        #expect((5000...5110).contains(end.milliseconds), "\(end)")
        #expect(trial.wait.failure(of: 0) == nil)
    }

    @Test("The timeline tells when each stage was first seen, and how many attempts were made")
    func milestones() {
        var trial = WaitTrial { _, now in
            switch now {
            case ..<1: .failed(.resolve, .notFound)
            case ..<2: .refused
            case ..<3: .failed(.login, .closed)
            case ..<4: .failed(.login, .starting)
            default: .passed()
            }
        }
        _ = trial.play()
        let seen = trial.wait.milestones(of: 0)
        let seconds = [seen.resolved, seen.opened, seen.answered, seen.passed].map { Int(($0 ?? .zero) / .seconds(1)) }
        #expect(seconds == [1, 2, 3, 4])
        #expect(seen.probes == trial.attempts[0].count)
    }
}
