import Health
import Testing

@Suite("Thresholds of a check")
struct ThresholdTests {
    /// Outcomes, `P` or `F`, a period of 5 s apart, and the level after each.
    struct Row: Sendable, CustomTestStringConvertible {
        let success: Int
        let failure: Int
        let outcomes: String
        let levels: String

        var testDescription: String { "\(success)/\(failure) \(outcomes)" }

        init(_ success: Int, _ failure: Int, _ outcomes: String, _ levels: String) {
            self.success = success
            self.failure = failure
            self.outcomes = outcomes
            self.levels = levels
        }
    }

    static let rows = [
        // From pending one failure makes fail at once, whatever the threshold.
        Row(1, 3, "F", "fail"),
        Row(3, 3, "PF", "pending fail"),
        // One pass is enough where the threshold says so.
        Row(1, 2, "P", "pass"),
        // successThreshold holds from the start.
        Row(3, 2, "PPP", "pending pending pass"),
        Row(2, 2, "PFPP", "pending fail fail pass"),
        // failureThreshold counts failures in a row.
        Row(1, 2, "PFF", "pass pass fail"),
        Row(1, 2, "PFPFPF", "pass pass pass pass pass pass"),
        Row(1, 3, "PFFPFFF", "pass pass pass pass pass pass fail"),
        Row(1, 1, "PFP", "pass fail pass"),
        // So does successThreshold.
        Row(2, 1, "FPFPP", "fail fail fail fail pass"),
        Row(3, 1, "FPPFPPP", "fail fail fail fail fail fail pass"),
        // A failure below its threshold does not make a passing check begin anew.
        Row(3, 2, "PPPFP", "pending pending pass pass pass"),
    ]

    @Test("Results a period apart change the level as a Kubernetes probe's would", arguments: rows)
    func table(row: Row) {
        var check = Timeline(
            CheckPolicy(successThreshold: row.success, failureThreshold: row.failure)
        )
        var levels: [String] = []
        for (index, outcome) in row.outcomes.enumerated() {
            let second = Double(index) * 5
            levels.append((outcome == "P" ? check.pass(at: second) : check.fail(at: second)).rawValue)
        }
        #expect(levels.joined(separator: " ") == row.levels)
    }

    @Test("Failures closer than a period count as one")
    func fastRetries() {
        var check = Timeline(CheckPolicy(period: .seconds(5), failureThreshold: 2, jitter: 0))
        check.pass(at: 0)
        for second in [5, 5.05, 5.15, 5.35, 6, 9.9] { #expect(check.fail(at: second) == .pass) }
        #expect(check.fail(at: 10) == .fail)
    }

    @Test("A failure counts though jitter had its probe come early")
    func jitteredFailure() {
        var check = Timeline(CheckPolicy(period: .seconds(5), failureThreshold: 2, jitter: 0.1))
        check.pass(at: 0)
        check.fail(at: 4.5)
        #expect(check.fail(at: 8.9) == .pass)
        #expect(check.fail(at: 9.0) == .fail)
    }

    @Test("The third failure counts from the second, not from the first")
    func apartFromTheLastThatCounted() {
        var check = Timeline(CheckPolicy(period: .seconds(5), failureThreshold: 3, jitter: 0))
        check.pass(at: 0)
        check.fail(at: 5)
        check.fail(at: 12)
        #expect(check.fail(at: 16) == .pass)
        #expect(check.fail(at: 17) == .fail)
    }

    @Test("Passes closer than a period count as one where more than one is asked for")
    func fastPasses() {
        var check = Timeline(CheckPolicy(period: .seconds(5), successThreshold: 2, jitter: 0))
        check.fail(at: 0)
        check.pass(at: 0.25)
        #expect(check.pass(at: 0.5) == .fail)
        #expect(check.pass(at: 5.25) == .pass)
    }

    @Test("A failure that counts asks to be confirmed one period after it began")
    func confirmation() {
        var check = Timeline(CheckPolicy(period: .seconds(5), failureThreshold: 3))
        #expect(check.state.confirmationDue == nil)
        check.pass(at: 0)
        #expect(check.state.confirmationDue == nil)
        check.fail(at: 5, taking: .seconds(1))
        #expect(Timeline.second(check.state.confirmationDue) == 10)
        check.fail(at: 7)
        #expect(Timeline.second(check.state.confirmationDue) == 10)
        check.fail(at: 10)
        #expect(Timeline.second(check.state.confirmationDue) == 15)
        check.fail(at: 15)
        #expect(check.state.confirmationDue == nil)
    }

    @Test("A transition is reported once, with where it came from")
    func transitions() {
        var check = Timeline(CheckPolicy(failureThreshold: 1))
        let first = check.transition(.passed(), at: 0)
        #expect(first?.from == .pending)
        #expect(first?.to == .pass)
        #expect(check.transition(.passed(), at: 5) == nil)
        let second = check.transition(.failed(Timeline.refused), at: 10)
        #expect(second?.from == .pass)
        #expect(second?.to == .fail)
        #expect(check.transition(.failed(Timeline.refused), at: 15) == nil)
    }

    @Test("Attempts count outcomes in a row, and since tells of the last change of level")
    func attemptsAndSince() {
        var check = Timeline(CheckPolicy(failureThreshold: 2))
        #expect(check.state.attempts == 0)
        #expect(check.state.since == nil)
        check.fail(at: 0)
        #expect(check.state.attempts == 1)
        #expect(check.state.since == Timeline.timestamp(0))
        check.fail(at: 1)
        check.fail(at: 2)
        #expect(check.state.attempts == 3)
        #expect(check.state.since == Timeline.timestamp(0))
        check.pass(at: 3)
        #expect(check.state.attempts == 1)
        #expect(check.state.since == Timeline.timestamp(3))
        // Not enough for another level, but a first failure.
        check.fail(at: 8)
        #expect(check.state.attempts == 1)
        #expect(check.state.since == Timeline.timestamp(3))
        #expect(check.state.lastPass == Timeline.timestamp(3))
    }

    @Test("The code of a failing check is that of its latest failure")
    func latestCode() {
        var check = Timeline(CheckPolicy())
        #expect(check.code(at: 0) == "pending")
        check.fail(at: 0)
        #expect(check.code(at: 0) == "connect.refused")
        check.fail(at: 1, ProbeFailure(FailureCode(.login, .starting)))
        #expect(check.code(at: 1) == "login.starting")
        check.pass(at: 2)
        #expect(check.code(at: 2) == nil)
        // One failure of two: still passing, so there is nothing to tell.
        check.fail(at: 7)
        #expect(check.code(at: 7) == nil)
    }

    @Test("A check that passed once of twice keeps the code that it failed with")
    func recoveringCode() {
        var check = Timeline(CheckPolicy(successThreshold: 2))
        check.fail(at: 0)
        check.pass(at: 5)
        #expect(check.level(at: 5) == .fail)
        #expect(check.code(at: 5) == "connect.refused")
    }
}
