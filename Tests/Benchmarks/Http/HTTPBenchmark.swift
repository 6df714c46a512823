import BenchmarkSupport
import Foundation
import TestSupport

/// What an answer of `/ready` costs beside the bare library and rivals, and whether flapping checks delay it.
/// `make bench-http RUNS=7 REQUESTS=1000000`.
@main
struct HTTPBenchmark {
    private static let runs = Settings.count("RUNS", default: 7)
    private static let requests = Settings.count("REQUESTS", default: 1_000_000)
    /// Connections of their own, in a run.
    private static let fresh = max(requests / 20, 100)
    private static let connections = 32

    static func main() async throws {
        Settings.raiseDescriptorLimit()
        await Report.make(
            "http",
            settings: [
                "requests": "\(requests)", "connections": "\(connections)", "new connections": "\(fresh)",
                "runs": "\(runs)",
            ],
            measure
        )
    }

    private static func measure(_ report: inout Report) async throws {
        try await measureCost(&report)
        try await LatencyMeasurement.run(runs, into: &report)
        report.note(
            "The client: one thread of the benchmark's own, \(connections) connections, one request at a time on each."
        )
    }

    private static func measureCost(_ report: inout Report) async throws {
        let redis = try await RedisServer.start()
        defer { redis.stop() }
        let ours = try await Program.allclear(Program.redisChecks(port: redis.port)).start()
        let answer = try await SimpleHTTPClient(port: ours.program.port).get("/ready")
        let contenders = [
            ours,
            try await Program.libmicrohttpd(answering: answer).start(),
            try await Program.haproxy().start(),
            try await Program.nginx().start(),
        ]
        for run in 1...runs {
            for contender in contenders {
                Report.progress("run \(run) of \(runs): \(contender.name)")
                try await measure(contender, &report)
            }
        }
    }

    private static func measure(_ contender: Contender, _ report: inout Report) async throws {
        for (manner, count) in [(LoadClient.Manner.kept, requests), (.fresh, fresh)] {
            let before = contender.processorTime
            let outcome = try await LoadClient.run(
                count,
                on: contender.program.port,
                contender.program.target,
                manner,
                connections: connections
            )
            let processor = contender.processorTime - before
            guard outcome.refusals == 0 else {
                throw Bad(description: "\(contender.name): \(outcome.refusals) × not 200")
            }
            let kind = manner == .kept ? "kept" : "own"
            report.add(
                "CPU per request, \(kind) connection",
                in: "µs",
                of: contender.name,
                processor / .microseconds(1) / Double(count)
            )
            report.add(
                manner == .kept ? "requests a second" : "new connections a second",
                in: "1/s",
                of: contender.name,
                Double(count) / outcome.seconds
            )
        }
    }

    private struct Bad: Error { let description: String }
}
