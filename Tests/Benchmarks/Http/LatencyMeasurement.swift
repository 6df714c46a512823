import BenchmarkSupport
import Foundation
import TestSupport

/// How long an answer of `/ready` takes while the gateway is idle, and while a thousand checks run and change; and how long one of
/// the bare library takes meanwhile, which is what the machine can do then.
enum LatencyMeasurement {
    private static let checks = 1_000
    private static let samples = 2_000

    static func run(_ runs: Int, into report: inout Report) async throws {
        let upstream = try FlappingRedis()
        defer { upstream.stop() }
        let idle = try await Program.allclear(Program.redisChecks(port: upstream.port)).start()
        let many = try await Program.allclear(Program.redisChecks(checks, port: upstream.port)).start()
        let answer = try await SimpleHTTPClient(port: idle.program.port).get("/ready")
        let bare = try await Program.libmicrohttpd(answering: answer).start()
        for run in 1...runs {
            for (name, asked, flaps) in [
                ("one check", idle, false), ("\(checks) checks", many, false),
                ("\(checks) checks that flap", many, true),
                ("libmicrohttpd in C beside these", bare, true),
            ] {
                Report.progress("time of an answer, run \(run) of \(runs): \(name)")
                upstream.flaps = flaps
                // Until all have taken the new rhythm.
                try await Task.sleep(for: .seconds(1))
                let changing = asked === idle ? idle : many
                let before = try await changeCount(of: changing)
                let start = ContinuousClock.now
                let times = try await onThread { answerTimes(of: asked) }
                let elapsed = start.duration(to: .now) / .seconds(1)
                report.add("time of an answer, median", in: "µs", of: name, times.median)
                report.add("time of an answer, p99", in: "µs", of: name, times.percentile(99))
                let changes = try await changeCount(of: changing) - before
                report.add("changes of checks meanwhile", in: "1/s", of: name, changes / elapsed)
            }
        }
    }

    /// How often checks have changed their level.
    private static func changeCount(of gateway: Contender) async throws -> Double {
        try await SimpleHTTPClient(port: gateway.program.port).get("/metrics").text.split(separator: "\n")
            .filter { $0.hasPrefix("allclear_transitions_total{") }
            .reduce(0) { $0 + ($1.split(separator: " ").last.flatMap { Double($0) } ?? 0) }
    }

    /// One request every millisecond, on one connection.
    private static func answerTimes(of gateway: Contender) -> Samples {
        let asker = Asker(port: gateway.program.port, target: gateway.program.target)
        var times = Samples()
        var due = ContinuousClock.now
        for _ in 0..<samples {
            let start = ContinuousClock.now
            _ = asker.status()
            times.append(start.duration(to: .now) / .microseconds(1))
            due += .milliseconds(1)
            usleep(UInt32(max((due - .now) / .microseconds(1), 0)))
        }
        return times
    }
}
