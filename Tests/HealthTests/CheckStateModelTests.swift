import Health
import TestSupport
import Testing

/// What CONTRACT section 1 says of thresholds, written down once more in the most simple-minded way: from the whole
/// history, each time anew.
private struct NaiveCheck {
    var policy: CheckPolicy
    var history: [(isPass: Bool, started: Double)] = []
    var level = Level.pending

    mutating func take(isPass: Bool, at second: Double) {
        history.append((isPass, second))
        let wanted = isPass ? policy.successThreshold : policy.failureThreshold
        let isCountedFast = isPass && policy.successThreshold == 1
        let reached = inARow(of: isPass, apart: isCountedFast ? 0 : policy.period / .seconds(1)) >= wanted
        if isPass {
            if reached || level == .pass { level = .pass }
        } else if reached || level != .pass {
            level = .fail
        }
    }

    /// How many of the last results of this kind count, from the first after one of the other kind on.
    private func inARow(of isPass: Bool, apart distance: Double) -> Int {
        let row = history.reversed().prefix { $0.isPass == isPass }.reversed()
        var count = 0
        var last = -Double.infinity
        for result in row where result.started - last >= distance {
            count += 1
            last = result.started
        }
        return count
    }
}

@Suite("Thresholds against a simple model")
struct CheckStateModelTests {
    @Test("Random results at random moments change the level as the model says", arguments: 1...300)
    func randomResults(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let policy = CheckPolicy(
            period: .seconds(4),
            successThreshold: Int.random(in: 1...4, using: &random),
            failureThreshold: Int.random(in: 1...4, using: &random),
            jitter: 0
        )
        var check = Timeline(policy)
        var model = NaiveCheck(policy: policy)
        var quarter = 0
        let likelihood = Double.random(in: 0.1...0.9, using: &random)
        for _ in 0..<100 {
            // Quarters of a second are exact; a result is never so late that staleness plays a part.
            quarter += Int.random(in: 1...20, using: &random)
            let second = Double(quarter) / 4
            let isPass = Double.random(in: 0...1, using: &random) < likelihood
            let before = model.level
            model.take(isPass: isPass, at: second)
            let transition = check.transition(isPass ? .passed() : .failed(Timeline.refused), at: second)
            #expect(check.level(at: second) == model.level)
            #expect(transition?.from == (before == model.level ? nil : before))
            #expect(transition?.to == (before == model.level ? nil : model.level))
        }
    }

    @Test("A check is never open without a pass that is fresh or was within its toleration", arguments: 1...300)
    func neverOpenWithoutReason(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let policy = CheckPolicy(
            period: .seconds(4),
            failureThreshold: Int.random(in: 1...3, using: &random),
            jitter: 0,
            stableFor: .seconds(Int.random(in: 0...8, using: &random)),
            tolerate: .seconds(Int.random(in: 0...8, using: &random))
        )
        var check = Timeline(policy)
        var lastPass: Double?
        var firstFailure: Double?
        var second = 0.0
        for _ in 0..<100 {
            second += Double(Int.random(in: 1...40, using: &random)) / 4
            let isPass = Bool.random(using: &random)
            check.record(isPass ? .passed() : .failed(Timeline.refused), at: second)
            if isPass { (lastPass, firstFailure) = (second, nil) } else { firstFailure = firstFailure ?? second }
            for later in [0, 1, 3, 6.9, 7, 20] where check.level(at: second + later).isPassing {
                #expect(lastPass != nil)
                // 4 s to the next result, and 3 s of grace.
                #expect(later < 7)
                guard let firstFailure else { continue }
                let isBelowThreshold = check.state.confirmationDue != nil
                #expect(isBelowThreshold || second + later < firstFailure + policy.tolerate / .seconds(1))
            }
        }
    }
}
