internal import Health

/// Tells, while a wait goes on, what it waits for: on a terminal a line a second, else a line for each change.
struct WaitProgress: Sendable {
    enum Style: Sendable {
        case none
        /// A summary, at most once a second.
        case summaries
        case changes
    }

    private static let interval = Duration.seconds(1)

    private let style: Style
    private let start: ContinuousClock.Instant
    private var lastSummary: ContinuousClock.Instant
    /// What was last said of each check.
    private var told: [Int: Standing] = [:]

    /// What makes a line of its own where it changes; the words besides may differ each time.
    private struct Standing: Hashable {
        let code: FailureCode?
        let isAsWanted: Bool
    }

    init(_ style: Style, start: ContinuousClock.Instant) {
        self.style = style
        self.start = start
        lastSummary = start
    }

    /// What is to be said now that this result is in.
    mutating func lines(after result: ProbeResult, of index: Int, in wait: Wait, _ goal: WaitGoal) -> [String] {
        switch style {
        case .none:
            return []
        case .changes:
            let standing = Standing(code: wait.failure(of: index)?.code, isAsWanted: wait.isAsWanted(index))
            guard told.updateValue(standing, forKey: index) != standing else { return [] }
            return ["allclear: \(goal.checks[index].name): \(wait.word(on: index))"]
        case .summaries:
            guard lastSummary.duration(to: result.finished) >= Self.interval else { return [] }
            lastSummary = result.finished
            let open = goal.members.filter { !wait.isAsWanted($0) || wait.failure(of: $0) != nil }
            let words = open.map {
                "\(goal.checks[$0].name) (\(wait.failure(of: $0)?.code.description ?? "it answers"))"
            }
            guard !words.isEmpty else { return [] }
            let seconds = Int(start.duration(to: result.finished).seconds)
            return ["allclear: waiting for \(words.joined(separator: ", ")), \(seconds) s"]
        }
    }
}

extension Wait {
    /// What the last result says of a check, in a sentence for people.
    func word(on index: Int) -> String {
        if let failure = failure(of: index) { return failure.sentence }
        switch (isAsWanted(index), isInverted) {
        case (true, false): return "passed"
        case (true, true): return "down"
        default: return "still answers"
        }
    }
}
