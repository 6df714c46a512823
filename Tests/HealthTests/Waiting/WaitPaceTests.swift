import Health
import TestSupport
import Testing

@Suite("Pace of a wait")
struct WaitPaceTests {
    @Test("While nothing listens, it is asked every 10 ms, later after 0.5 % of the time waited, at most 1 s apart")
    func refused() {
        var trial = WaitTrial { _, _ in .refused }
        _ = trial.play(seconds: 400)
        for pause in trial.pauses() {
            let expected = min(max(10, Double(pause.since) * 0.005), 1000)
            #expect(abs(Double(pause.milliseconds) - expected) <= 1, "after \(pause.since) ms")
        }
        #expect(trial.attempts[0].count < 1400)
    }

    @Test("While it says that it is starting, it is asked after 2 % of the time since it first answered")
    func starting() {
        var trial = WaitTrial { _, second in second < 30 ? .refused : .failed(.login, .recovering) }
        _ = trial.play(seconds: 120)
        let first = trial.attempts[0].first { $0 >= 30_000 } ?? 0
        for pause in trial.pauses() where pause.since >= first {
            let expected = min(max(10, Double(pause.since - first) * 0.02), 1000)
            #expect(abs(Double(pause.milliseconds) - expected) <= 1, "after \(pause.since) ms")
        }
    }

    @Test(
        "What may appear at any time has a pace of its own",
        arguments: [
            (ProbeOutcome.failed(.resolve, .notFound), 500), (.failed(.connect, .unreachable), 100),
            (.failed(.connect, .timedOut), 100), (.failed(.login, .overloaded), 1000),
        ]
    )
    func fixed(outcome: ProbeOutcome, milliseconds: Int) {
        var trial = WaitTrial { _, _ in outcome }
        _ = trial.play(seconds: 10)
        #expect(trial.pauses().allSatisfy { $0.milliseconds == milliseconds } && trial.attempts[0].count > 9)
    }

    @Test("What waiting will not mend is tried after 0.5 s, then twice as long each time, and once more at the end")
    func permanent() {
        var trial = WaitTrial { _, _ in .denied }
        let end = trial.play()
        #expect(end == (.inVain([0]), 10_000))
        #expect(trial.attempts[0] == [0, 500, 1500, 3500, 7500, 10_000])
    }

    @Test("With all patience, the tries of what waiting will not mend are never more than 30 s apart")
    func patient() {
        var trial = WaitTrial([CheckPolicy()], Wait.Terms(patience: nil)) { _, _ in .denied }
        #expect(trial.play(seconds: 200).verdict == .goOn)
        #expect(trial.pauses().map(\.milliseconds).max() == 30_000)
    }

    @Test("A wait lets go within 10 ms or 0.5 % of the time after a server begins to listen", arguments: 1...50)
    func lateness(seed: Int) {
        var generator = SeededGenerator(seed: seed)
        let ready = Double.random(in: 0...300, using: &generator)
        var trial = WaitTrial { _, second in second < ready ? .refused : .passed() }
        let end = trial.play()
        #expect(end.verdict == .reached)
        let late = Double(end.milliseconds) / 1000 - ready
        #expect(late > -0.001 && late <= max(0.01, ready * 0.005) + 0.001, "\(late) s late after \(ready) s")
    }
}
