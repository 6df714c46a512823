import BenchmarkSupport
import Foundation
import TestSupport

/// What a soak found, for people and as JSON.
struct Summary {
    let seed: Int
    let minutes: Double
    let ledger: Ledger.State
    /// What was wrong besides transitions.
    let faults: [Fault]
    /// Nil where the run was interrupted before.
    let first: SoakFigures?
    let last: SoakFigures?
    /// In ms.
    let answerTimes: Samples
    let slowestAnswer: Duration
    let answers: Int
    let visits: Int

    private struct Transition: Encodable {
        let name: String
        let checks: String
        let boundMilliseconds: Double
        let missed: Int
        let milliseconds: [Double]
    }

    private struct Document: Encodable {
        let benchmark = "soak"
        let machine: Machine
        let seed: Int
        let minutes: Double
        let transitions: [Transition]
        let missed: [String]
        let untrue: [String]
        let faults: [String]
        let before: SoakFigures?
        let after: SoakFigures?
    }

    private var lines: [SoakFigures.Line] {
        guard let first, let last else { return [] }
        return last.lines(since: first)
    }

    var isSound: Bool {
        ledger.missed.isEmpty && ledger.untrue.isEmpty && faults.isEmpty && lines.allSatisfy(\.isBack)
    }

    /// Prints tables, and writes the file.
    ///
    /// - Parameter start: from which the times of faults are told.
    func tell(since start: ContinuousClock.Instant) throws {
        let machine = Machine()
        let text = { (fault: Fault) in
            "\(start.duration(to: fault.time).inSeconds), \(fault.check): \(fault.text)"
        }
        let (missed, untrue) = (ledger.missed.map(text), ledger.untrue.map(text))
        let faults = faults.map(text)
        Report.say("\n\(transitionTable)\n")
        if !lines.isEmpty { Report.say("\(figureTable)\n") }
        Report.say(happenings)
        Report.say(
            String(
                format:
                    "%d answers to the observer: median %.2f ms, p99 %.2f ms, slowest %.0f ms; %d visits of clients",
                answers,
                answerTimes.median,
                answerTimes.percentile(99),
                slowestAnswer / .milliseconds(1),
                visits
            )
        )
        Self.list("missed", missed)
        Self.list("untrue", untrue)
        Self.list("other faults", faults)
        Report.say(machine.text)
        try Report.write(
            Document(
                machine: machine,
                seed: seed,
                minutes: minutes,
                transitions: rows.map { key, row in
                    Transition(
                        name: key.title,
                        checks: key.manner.rawValue,
                        boundMilliseconds: row.bound / .milliseconds(1),
                        missed: row.missed,
                        milliseconds: row.delays.values
                    )
                },
                missed: missed,
                untrue: untrue,
                faults: faults,
                before: first,
                after: last
            ),
            as: "soak"
        )
        let progress = last == nil ? ", as far as it came" : ""
        Report.say("soak: \(isSound ? "sound" : "NOT sound")\(progress)")
    }

    private var rows: [(key: Ledger.Key, row: Ledger.Row)] {
        Disturbance.allCases
            .flatMap { disturbance in
                [false, true]
                    .flatMap { isBack in
                        Check.Manner.allCases.map { Ledger.Key(disturbance: disturbance, isBack: isBack, manner: $0) }
                    }
            }
            .compactMap { key in ledger.rows[key].map { (key, $0) } }
    }

    private var transitionTable: String {
        let head = ["transition, ms", "checks", "count", "median", "p99", "max", "bound", "missed"]
        return Report.markdown(
            [head]
                + rows.map { key, row in
                    let figures = [row.delays.median, row.delays.percentile(99), row.delays.most]
                    // One that has to be told of has a bound.
                    let bound = row.bound == .zero ? "" : Report.shown(row.bound / .milliseconds(1))
                    return [key.title, key.manner.rawValue, "\(row.delays.values.count)"]
                        + figures.map(Report.shown) + [bound, "\(row.missed)"]
                }
        )
    }

    private var figureTable: String {
        Report.markdown(
            [["", "", "before", "after", "allowed more"]]
                + lines.map { line in
                    [
                        line.name, line.isBack ? "" : "NOT BACK", Report.shown(line.before), Report.shown(line.after),
                        line.allowance.isFinite ? Report.shown(line.allowance) : "any",
                    ]
                }
        )
    }

    private var happenings: String {
        let counts = Disturbance.allCases.compactMap { kind in ledger.counts[kind].map { "\(kind.rawValue) \($0)" } }
        return "servers, times: \(counts.joined(separator: ", ")); \(ledger.transitions) transitions told"
    }

    private static func list(_ title: String, _ faults: [String]) {
        Report.say("\(title): \(faults.count)")
        for fault in faults.prefix(20) { Report.say("  \(fault)") }
    }
}
