import BenchmarkSupport
import Foundation
import TestSupport

/// How long from the start of the program until it listens, and until what it says is true. `make bench-startup RUNS=30`.
@main
struct StartupBenchmark {
    private static let runs = Settings.count("RUNS", default: 30)

    static func main() async throws {
        await Report.make("startup", settings: ["runs": "\(runs)"], measure)
    }

    private static func measure(_ report: inout Report) async throws {
        let services = try await FiveServices.start()
        defer { services.stop() }
        let redis = try FlappingRedis()
        defer { redis.stop() }
        let starts = [
            Start(
                try await .allclear(Program.redisChecks(port: redis.port), as: "allclear, one Redis check"),
                alive: "/healthz"
            ),
            Start(try await .allclear(services.configuration, as: "allclear, five checks"), alive: "/healthz"),
            Start(try .haproxy(redis: redis.port), truthAfter: redis),
            Start(try .nginx(), checks: false),
            Start(try .blackboxExporter(redis: redis.port), alive: "/-/healthy"),
        ]
        for run in 1...runs {
            for start in starts {
                Report.progress("run \(run) of \(runs): \(start.program.name)")
                redis.forget()
                let times = try await onThread { try start.measure() }
                for (measure, time) in times {
                    report.add("start → \(measure)", in: "ms", of: start.program.name, time / .milliseconds(1))
                }
            }
        }
        report.note("From before the process is made; asked every 0.1 ms on one connection.")
        report.note(
            "HAProxy says 200 before it has checked anything: what it says counts from its first check on. nginx checks nothing."
        )
    }
}
