internal import Health
internal import Transport

/// What a wait has found: the startup timeline, or why it ended without.
struct WaitReport: Sendable {
    struct Row: Sendable {
        let name: String
        let milestones: Milestones
        let isAsWanted: Bool
        let failure: ProbeFailure?
        /// The failure, or what there is to say instead.
        let word: String
    }

    let ending: WaitRun.Ending
    let waited: Duration
    /// The check that was waited for longest; nil where none came so far.
    let last: String?
    let rows: [Row]
    private let hopeless: [String]
    private let isInverted: Bool

    init(_ goal: WaitGoal, _ wait: Wait, _ ending: WaitRun.Ending, waited: Duration) {
        self.ending = ending
        self.waited = waited
        isInverted = wait.isInverted
        last = wait.last.map { goal.checks[$0].name }
        rows = goal.members.map { index in
            Row(
                name: goal.checks[index].name,
                milestones: wait.milestones(of: index),
                isAsWanted: wait.isAsWanted(index),
                failure: wait.failure(of: index),
                word: wait.word(on: index)
            )
        }
        hopeless = if case .inVain(let positions) = ending { positions.map { goal.checks[$0].name } } else { [] }
    }

    /// The startup timeline, for people.
    var timeline: [String] {
        let word = isInverted ? "down" : "ready"
        let end = last.map { "; last: \($0)" } ?? ""
        let table = TextTable(
            ["CHECK", "RESOLVED", "OPENED", "ANSWERED", isInverted ? "DOWN" : "PASSED", "PROBES"],
            rows.map { row in
                let seen = row.milestones
                return [row.name] + [seen.resolved, seen.opened, seen.answered, seen.passed].map(seconds)
                    + [String(seen.probes)]
            }
        )
        return ["allclear: \(word) after \(seconds(waited))\(end)"] + table.lines
    }

    /// Why the wait ended without what was waited for, with the last word on every check.
    var complaint: [String] {
        let start: String
        switch ending {
        case .reached: return []
        case .inVain: start = "waiting longer will not help \(hopeless.joined(separator: ", ")); gave up"
        case .timedOut: start = isInverted ? "not down" : "not ready"
        case .signalled(.terminate): start = "ended by SIGTERM"
        case .signalled(.interrupt): start = "ended by SIGINT"
        }
        return ["allclear: error: \(start) after \(seconds(waited))"] + rows.map { "  \($0.name): \($0.word)" }
    }

    /// All of it as one JSON object.
    var json: String {
        var json = JSONWriter()
        json.object { json in
            json.member("status", ending == .reached ? "pass" : "fail")
            json.member("ending", endingWord)
            json.key("waited_ms")
            json.milliseconds(waited)
            json.member("last", last)
            json.key("checks")
            json.object { json in
                for row in rows {
                    json.key(row.name)
                    json.object { write(row, &$0) }
                }
            }
        }
        return json.text
    }

    private var endingWord: String {
        switch ending {
        case .reached: "reached"
        case .inVain: "gave_up"
        case .timedOut: "timed_out"
        case .signalled(.terminate): "terminated"
        case .signalled(.interrupt): "interrupted"
        }
    }

    private func write(_ row: Row, _ json: inout JSONWriter) {
        json.member("status", row.isAsWanted && row.failure == nil ? "pass" : "fail")
        json.member("code", row.failure?.code.description)
        json.member("class", row.failure?.code.failureClass.rawValue)
        json.member("output", row.failure?.sentence)
        let seen = row.milestones
        let times = [
            ("resolved_ms", seen.resolved), ("opened_ms", seen.opened), ("answered_ms", seen.answered),
            ("passed_ms", seen.passed),
        ]
        for case (let key, let time?) in times {
            json.key(key)
            json.milliseconds(time)
        }
        json.key("probes")
        json.number(seen.probes)
    }
}

/// `3.421 s`; a dash for what never came.
private func seconds(_ duration: Duration?) -> String {
    guard let duration else { return "-" }
    let milliseconds = Int(duration / .milliseconds(1))
    let rest = String(milliseconds % 1000 + 1000).dropFirst()
    return "\(milliseconds / 1000).\(rest) s"
}
