import BenchmarkSupport
import Foundation
import TestSupport

/// What a check costs when there are ten of them, and ten thousand: `make bench-scale`, with `RUNS=2`, `SECONDS=4`,
/// `CHECKS="10 100 1000 5000 10000"`.
///
/// All are of one real Redis, once a second. Each contender has the machine and a Redis to itself.
@main
struct ScaleBenchmark {
    private static let runs = Settings.count("RUNS", default: 2)
    private static let counts = Settings.counts("CHECKS", default: [10, 100, 1_000, 5_000, 10_000])
    private static let seconds = Settings.count("SECONDS", default: 4)

    /// One way to check many times.
    private struct Way {
        let name: String
        let make: @Sendable (_ checks: Int, _ redis: UInt16) async throws -> Program
    }

    private static let ways = [
        Way(name: "allclear") { try await .allclear(Program.redisChecks($0, port: $1)) },
        Way(name: "allclear, hold: false") {
            try await .allclear(Program.redisChecks($0, port: $1, options: ", hold: false"))
        },
        Way(name: "HAProxy") { try .haproxy(redis: $1, servers: $0) },
    ]

    static func main() async throws {
        Settings.raiseDescriptorLimit()
        await Report.make(
            "scale",
            settings: ["period": "1 s", "measured for": "\(seconds) s", "runs": "\(runs)"],
            measure
        )
    }

    private static func measure(_ report: inout Report) async throws {
        for run in 1...runs {
            for count in counts {
                for way in ways {
                    Report.progress("run \(run) of \(runs): \(count) × \(way.name)")
                    do {
                        try await measure(way, count, &report)
                    } catch { report.note("\(way.name) with \(count) checks: \(error)") }
                }
            }
        }
        report.note(
            "Checks made are PINGs that Redis counted. All this is before the first canary of a held check, which costs as"
        )
        report.note(
            "much as a check with hold: false and comes every 30 s. Late: how far a PING was off the moment a second after the"
        )
        report.note("one a round before, by the clock of Redis's MONITOR; a round is as many as there are checks.")
    }

    private static func measure(_ way: Way, _ count: Int, _ report: inout Report) async throws {
        let redis = try await RedisServer.start(.init(settings: ["maxclients \(count + 1_000)", "tcp-backlog 4096"]))
        defer { redis.stop() }
        let contender = try await way.make(count, redis.port).start()
        defer { contender.stop() }
        // All have begun after a second; what their beginning left behind is gone after some more.
        try await Task.sleep(for: .seconds(2.5))

        let before = (pings: try await redis.pingCount(), time: contender.processorTime, at: ContinuousClock.now)
        try await Task.sleep(for: .seconds(seconds))
        let spent = contender.processorTime - before.time
        let elapsed = before.at.duration(to: .now) / .seconds(1)
        let pings = try await redis.pingCount() - before.pings
        let figures = contender.figures
        let lateness = try await redis.lateness(ofRoundsOf: count)

        let add = { (report: inout Report, measure: String, unit: String, value: Double) in
            report.add("\(count) checks: \(measure)", in: unit, of: way.name, value)
        }
        add(&report, "CPU a check", "µs", spent / .microseconds(1) / pings)
        add(&report, "of one core", "%", spent / .seconds(1) / elapsed * 100)
        add(&report, "memory", "MB RSS", figures.residentBytes / 1e6)
        add(&report, "made a second, of each", "", pings / elapsed / Double(count))
        add(&report, "late, median", "ms", lateness.percentile(50))
        add(&report, "late, p99", "ms", lateness.percentile(99))
    }
}
