import Health
import Testing

@testable import Gateway

@Suite("What is known of all checks at one moment")
struct CheckStatesTests {
    private let start = ContinuousClock.now

    /// A check that logged in, and whose pings fail from a moment on.
    private func check(tolerate: Duration, passedAt: Int, pingsFailAt: Int?, due: Int) -> CheckState {
        var state = CheckState(policy: CheckPolicy(failureThreshold: 1, holds: true, tolerate: tolerate))
        _ = state.record(result(.passed(), .fresh, at: passedAt))
        if let pingsFailAt {
            _ = state.record(result(.failed(ProbeFailure(FailureCode(.exchange, .closed))), .ping, at: pingsFailAt))
        }
        state.expect(probeAt: at(due))
        return state
    }

    private func at(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

    private func result(_ outcome: ProbeOutcome, _ kind: ProbeResult.Kind, at seconds: Int) -> ProbeResult {
        ProbeResult(outcome, kind, started: at(seconds), finished: at(seconds), time: Timestamp(milliseconds: 0))
    }

    @Test("The next change is the earliest that any of the checks would name at that moment")
    func nextChange() {
        let states = [
            check(tolerate: .zero, passedAt: 0, pingsFailAt: nil, due: 7),
            check(tolerate: .seconds(3), passedAt: 0, pingsFailAt: 2, due: 20),
            check(tolerate: .seconds(30), passedAt: 0, pingsFailAt: 1, due: 6),
            CheckState(policy: CheckPolicy()),
        ]
        let all = CheckStates(states)
        for second in -1...40 {
            for checks in [[0, 1, 2, 3], [1, 3], [2], [3]] {
                let expected = checks.compactMap { states[$0].nextChange(after: at(second)) }.min()
                #expect(all.nextChange(of: checks, after: at(second)) == expected)
            }
        }
        #expect(Set((-1...40).map { all.nextChange(of: [0, 1, 2, 3], after: at($0)) }).count > 3)
    }
}
