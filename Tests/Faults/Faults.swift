import Foundation
import TestSupport

/// Runs the built gateway through the fault catalogue: `make faults`, or `make faults ROWS="2 18"` for some of it.
///
/// Exits with 1 where a row failed. As root it goes into a network namespace of its own first, so that no packet leaves
/// it and no rule of the packet filter outlives it; without root the rows that need one are skipped.
@main
struct Faults {
    private static let wholeLimit = Duration.seconds(460)
    private static let rowsAtATime = 3

    /// Without a closure: it would belong to the main actor, which this leaves where it waits, and trap.
    static func main() async throws {
        exit(try await run(Array(CommandLine.arguments.dropFirst())))
    }

    /// - Returns: the exit status.
    private static func run(_ arguments: [String]) async throws -> Int32 {
        let wanted = Set(arguments.compactMap { Int($0) })
        guard wanted.count == arguments.count else {
            Report.say("usage: faults [NUMBER]…")
            return 2
        }
        try await OwnNamespace.enter()
        raiseDescriptorLimit()
        let rows = catalogue.filter { wanted.isEmpty || wanted.contains($0.number) }
        let report = Report(rows.map(\.number))
        endAnyway(report)
        await run(rows, telling: report)
        if wanted.isEmpty { for fault in libraryFaults { Report.say("libmicrohttpd 0.9.75: \(fault)") } }
        return report.close() ? 0 : 1
    }

    private static var catalogue: [Row] {
        let rows = heldRows + networkRows + nameRows + upstreamRows + serverRows + clientRows + limitRows + lifeRows
        return (rows + systemCallRows).sorted { $0.number < $1.number }
    }

    /// First what shares the machine, then one by one what measures time.
    private static func run(_ rows: [Row], telling report: Report) async {
        var crowd: [(row: Row, run: Row.Run)] = []
        var alone: [(row: Row, run: Row.Run)] = []
        for row in rows {
            switch row.proof {
            case .tests(let names): report.tell(TestNames.verdict(on: names), of: row)
            case .notBuiltIn(let what): report.tell(.notBuiltIn(what), of: row)
            case .run(let run) where run.isAlone: alone.append((row, run))
            case .run(let run): crowd.append((row, run))
            }
        }
        // The longest first, lest one be left over at the end.
        crowd.sort { $0.run.limit > $1.run.limit }
        await withTaskGroup(of: Void.self) { group in
            for (index, (row, run)) in crowd.enumerated() {
                if index >= rowsAtATime { await group.next() }
                group.addTask { await attempt(run, of: row, telling: report) }
            }
        }
        for (row, run) in alone { await attempt(run, of: row, telling: report) }
    }

    private static func attempt(_ run: Row.Run, of row: Row, telling report: Report) async {
        if let lack = run.needs.compactMap(\.lack).first { return report.tell(.skipped(lack), of: row) }
        let start = ContinuousClock.now
        let verdict: Verdict
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await run.body() }
                group.addTask {
                    try await Task.sleep(for: run.limit)
                    throw Shortfall("not over within \(run.limit)")
                }
                defer { group.cancelAll() }
                try await group.next()
            }
            verdict = .passed
        } catch let skipped as Skipped {
            verdict = .skipped(skipped.reason)
        } catch {
            verdict = .failed("\(error)")
        }
        report.tell(verdict, of: row, after: .now - start)
    }

    /// For three thousand clients, and the gateway's inherited limit.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = min(limit.rlim_max, 16_384)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Whatever hangs, the run ends, and what it started goes with it (`Watchdog`).
    private static func endAnyway(_ report: Report) {
        Thread.detachNewThread {
            Thread.sleep(forTimeInterval: wholeLimit / .seconds(1))
            _ = report.close()
            Report.say("not over within \(wholeLimit)")
            exit(1)
        }
    }
}
