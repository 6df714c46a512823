import BenchmarkSupport
import Foundation
import TestSupport

/// What the gateway takes of the machine while nobody asks it, and what it takes on disk. `make bench-footprint SECONDS=60`.
@main
struct FootprintBenchmark {
    private static let seconds = Settings.count("SECONDS", default: 60)

    static func main() async throws {
        await Report.make("footprint", settings: ["seconds": "\(seconds)", "period": "1 s"], measure)
    }

    private static func measure(_ report: inout Report) async throws {
        let services = try await FiveServices.start()
        defer { services.stop() }
        // Two gateways at a time would share the pages of one program, and each look smaller.
        try await measure(
            [
                try await .allclear(Program.redisChecks(port: services.redis.port), as: "allclear, one Redis check"),
                try .haproxy(redis: services.redis.port, isManaged: true),
            ],
            &report
        )
        let exporter = try Program.blackboxExporter(redis: services.redis.port)
        try await measure(
            [try await .allclear(services.configuration, as: "allclear, five checks"), exporter],
            asking: exporter,
            &report
        )
        try await Sizes.measure(into: &report)
        report.note("Five checks: PostgreSQL, Redis, RabbitMQ, HTTP, TCP, each a real server.")
        report.note(
            "HAProxy: master and worker, one Redis check. blackbox_exporter probes a Redis when asked: every second."
        )
        report.note("PSS is smaller where others use the same libraries.")
    }

    /// - Parameter asked: does something only when it is asked, so that is done every second.
    private static func measure(_ programs: [Program], asking asked: Program? = nil, _ report: inout Report)
        async throws
    {
        var contenders: [Contender] = []
        for program in programs { contenders.append(try await program.start()) }
        // What only the start needs is gone then.
        try await ask(asked, for: 2)
        Report.progress("\(seconds) s: \(programs.map(\.name).joined(separator: ", "))")
        let before = contenders.map(\.figures)
        let start = ContinuousClock.now
        try await ask(asked, for: seconds)
        let elapsed = start.duration(to: .now) / .seconds(1)
        for (contender, before) in zip(contenders, before) {
            let after = contender.figures
            let add = { (report: inout Report, measure: String, unit: String, value: Double) in
                report.add(measure, in: unit, of: contender.name, value)
            }
            add(&report, "RSS", "MB", after.residentBytes / 1e6)
            add(&report, "anonymous memory", "MB", after.anonymousBytes / 1e6)
            add(&report, "PSS", "MB", after.proportionalBytes / 1e6)
            add(&report, "RSS grown meanwhile", "kB", (after.residentBytes - before.residentBytes) / 1e3)
            add(&report, "CPU", "% of a core", (after.processor - before.processor) / .seconds(1) / elapsed * 100)
            add(&report, "wake-ups", "1/s", Double(after.sleeps - before.sleeps) / elapsed)
            add(&report, "processes", "", Double(after.processes))
            add(&report, "threads", "", Double(after.threads))
            add(&report, "descriptors", "", Double(after.descriptors))
        }
    }

    private static func ask(_ program: Program?, for seconds: Int) async throws {
        let client = program.map { SimpleHTTPClient(port: $0.port) }
        for _ in 0..<seconds {
            if let client, let program { _ = try await client.get(program.target) }
            try await Task.sleep(for: .seconds(1))
        }
    }
}
