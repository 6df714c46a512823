import Health

/// A wait on services that answer at once, as a script says, played by the times that the wait itself sets.
struct WaitTrial {
    static let start = ContinuousClock.now

    private(set) var wait: Wait
    /// When each check was asked, in milliseconds since the start.
    private(set) var attempts: [[Int]]
    private let answer: (_ check: Int, _ second: Double) -> ProbeOutcome

    /// - Parameter answer: what the check at a position says when it is asked so many seconds after the start.
    init(
        _ policies: [CheckPolicy] = [CheckPolicy()],
        for goal: GateRule? = nil,
        among rules: [GateRule] = [],
        _ terms: Wait.Terms = Wait.Terms(),
        answer: @escaping (_ check: Int, _ second: Double) -> ProbeOutcome
    ) {
        wait = Wait(
            for: goal ?? GateRule(.all, of: policies.indices.map { GateRule.Entry(.check($0)) }),
            among: rules,
            policies: policies,
            terms: terms,
            start: Self.start
        )
        attempts = policies.map { _ in [] }
        self.answer = answer
    }

    /// Plays until there is a verdict, or for so many seconds.
    ///
    /// - Returns: the verdict, and when it came in milliseconds.
    mutating func play(seconds: Int = 3600) -> (verdict: Wait.Verdict, milliseconds: Int) {
        while let next = attempts.indices.compactMap({ index in wait.due(of: index).map { (due: $0, check: index) } })
            .min(by: { $0.due < $1.due })
        {
            let elapsed = Self.start.duration(to: next.due)
            guard elapsed <= .seconds(seconds) else { break }
            let milliseconds = Int((elapsed / .milliseconds(1)).rounded())
            attempts[next.check].append(milliseconds)
            let result = ProbeResult(
                answer(next.check, elapsed / .seconds(1)),
                started: next.due,
                finished: next.due,
                time: Timestamp(milliseconds: 0)
            )
            let verdict = wait.record(result, of: next.check)
            guard verdict == .goOn else { return (verdict, milliseconds) }
        }
        return (.goOn, seconds * 1000)
    }

    /// The pauses of a check between its attempts, with the moment each began.
    func pauses(of check: Int = 0) -> [(since: Int, milliseconds: Int)] {
        zip(attempts[check], attempts[check].dropFirst()).map { ($0, $1 - $0) }
    }
}

extension ProbeOutcome {
    static func failed(_ stage: FailureCode.Stage, _ reason: FailureCode.Reason) -> ProbeOutcome {
        .failed(ProbeFailure(FailureCode(stage, reason), at: "db:5432"))
    }

    static let refused = failed(.connect, .refused)
    static let denied = failed(.login, .denied)
}
