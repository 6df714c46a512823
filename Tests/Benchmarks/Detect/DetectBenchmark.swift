import BenchmarkSupport
import Foundation
import TestSupport

/// How soon each hears that a Redis was killed, has come back, hangs. `make bench-detect RUNS=20`.
///
/// All watch the same Redis at the same time, so that each sees the same thing. What happens does so at a random phase of
/// their seconds.
@main
struct DetectBenchmark {
    private static let runs = Settings.count("RUNS", default: 20)

    private let redis: RedisServer
    private let gateway: Contender
    private let watchers: [Watcher]

    static func main() async throws {
        await Report.make("detect", settings: ["runs": "\(runs)", "period": "1 s", "time-out": "1 s"], measure)
    }

    private static func measure(_ report: inout Report) async throws {
        let benchmark = try await DetectBenchmark()
        for run in 1...runs {
            Report.progress("run \(run) of \(runs)")
            try await benchmark.killAndRestart(&report)
            try await benchmark.freezeAndThaw(&report)
        }
        benchmark.stop()
        report.note(
            "allclear and HAProxy are asked every millisecond; blackbox_exporter probes when asked, which is every second."
        )
        report.note("Back: from the first answer to a PING of the benchmark's own, which tries every millisecond.")
    }

    private init() async throws {
        redis = try await RedisServer.start()
        gateway = try await Program.allclear(Program.redisChecks(port: redis.port)).start()
        watchers = [
            .status(of: gateway),
            .status(of: try await Program.haproxy(redis: redis.port).start()),
            .probe(by: try await Program.blackboxExporter(redis: redis.port).start()),
        ]
    }

    private func stop() {
        for watcher in watchers {
            watcher.stop()
            watcher.contender.stop()
        }
        redis.stop()
    }

    private func killAndRestart(_ report: inout Report) async throws {
        try await settle()
        let killed = try signal(SIGKILL)
        try await add("killed → not ready", hears: false, since: killed, to: &report)
        let probes = try await probeCount()
        let counted = ContinuousClock.now
        try await pause(atLeast: 2)
        let rate = (try await probeCount() - probes) / (counted.duration(to: .now) / .seconds(1))
        report.add("probes while down", in: "1/s", of: gateway.name, rate)
        try await redis.start(waitUntilReady: false)
        let back = try await onThread { try Self.firstAnswer(of: redis.port) }
        try await add("back → ready", hears: true, since: back, to: &report)
    }

    private func freezeAndThaw(_ report: inout Report) async throws {
        try await settle()
        let frozen = try signal(SIGSTOP)
        try await add("frozen → not ready", hears: false, since: frozen, to: &report)
        redis.thaw()
    }

    /// Waits until all say ready, and for a phase that none of them knows.
    private func settle() async throws {
        try await eventually("all say ready", within: .seconds(60)) { watchers.allSatisfy(\.isReady) }
        try await pause(atLeast: 1)
    }

    private func pause(atLeast seconds: Double) async throws {
        try await Task.sleep(for: .seconds(Double.random(in: seconds..<(seconds + 1))))
    }

    /// - Returns: the moment before Redis got it.
    private func signal(_ signal: Int32) throws -> ContinuousClock.Instant {
        guard let process = redis.processIdentifier else { throw SystemFailure("Redis's process", code: ESRCH) }
        let moment = ContinuousClock.now
        kill(process, signal)
        return moment
    }

    private func add(
        _ measure: String,
        hears isReady: Bool,
        since moment: ContinuousClock.Instant,
        to report: inout Report
    ) async throws {
        // Who was quicker than the truth by an interval of asking counts from there.
        let start = moment - .milliseconds(20)
        for watcher in watchers {
            let time = try await eventualValue("\(watcher.contender.name): \(measure)", within: .seconds(60)) {
                watcher.firstTime(isReady, after: isReady ? start : moment)
            }
            report.add(measure, in: "ms", of: watcher.contender.name, moment.duration(to: time) / .milliseconds(1))
        }
    }

    /// How often the gateway has probed since it began.
    private func probeCount() async throws -> Double {
        let metrics = try await SimpleHTTPClient(port: gateway.program.port).get("/metrics").text
        let line = metrics.split(separator: "\n").first { $0.hasPrefix("allclear_probe_duration_seconds_count") }
        return line?.split(separator: " ").last.flatMap { Double($0) } ?? 0
    }

    private static func firstAnswer(of port: UInt16) throws -> ContinuousClock.Instant {
        for _ in 0..<30_000 {
            if let socket = try? PlainSocket.connect(to: .loopback(port)) {
                try socket.write(Array("PING\r\n".utf8))
                if let answer = try? socket.read(within: .seconds(1)), answer.starts(with: Array("+PONG".utf8)) {
                    return .now
                }
            }
            usleep(1_000)
        }
        throw SystemFailure("an answer of Redis", code: ETIMEDOUT)
    }
}
