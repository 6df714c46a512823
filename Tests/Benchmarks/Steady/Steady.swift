import Foundation
import TestSupport

/// 200 checks at the fastest period, half of them to a black hole: do the other half keep their periods, and do memory
/// and descriptors stay level? Prints figures; a reader judges. `make bench-steady MINUTES=10`.
@main
struct Steady {
    static let count = 200

    static func main() async throws {
        let minutes = Double(ProcessInfo.processInfo.environment["MINUTES"] ?? "") ?? 1
        let hole = try BlackHole()
        let redis = try await RedisServer.start()
        defer { redis.stop() }
        let folder = try TemporaryFolder("steady")
        let port = FreePort.find()
        try folder.write(configuration(port: port, redis: redis.port, hole: hole.port), to: "allclear.yaml")
        let gateway = try Executable(["serve", "--config", folder.file("allclear.yaml")])
        try await gateway.waitForLine(containing: "listening")
        tell("\(count) checks, period 100 ms, half of them to a black hole, \(minutes) min")
        tell(
            "  time s | RSS MB | descriptors | threads | good checks: probes/s slowest..fastest | black-holed: probes/s each"
        )
        try await watch(port: port, for: .seconds(minutes * 60))
        gateway.send(signal: SIGTERM)
        tell("ended: \(try await gateway.waitForEnd())")
        withExtendedLifetime(hole) {}
    }

    private static func configuration(port: UInt16, redis: UInt16, hole: UInt16) -> String {
        let checks = (0..<count)
            .map { index in
                let target = index % 2 == 0 ? "redis://127.0.0.1:\(redis)" : "tcp://127.0.0.1:\(hole)"
                return "  c\(index): {url: \"\(target)\", period: 100ms, timeout: 100ms, jitter: 0%, required: false}"
            }
        return "listen: [\"127.0.0.1:\(port)\"]\nchecks:\n\(checks.joined(separator: "\n"))\n"
    }

    private static func watch(port: UInt16, for time: Duration) async throws {
        let start = ContinuousClock.now
        var before = try await Figures(port: port)
        var last = start
        while start.duration(to: .now) < time {
            try await Task.sleep(for: min(.seconds(30), time / 4))
            let now = ContinuousClock.now
            let seconds = last.duration(to: now) / .seconds(1)
            let after = try await Figures(port: port)
            let rates = zip(after.good, before.good).map { ($0 - $1) / seconds }
            tell(
                String(
                    format: "%8.0f | %6.1f | %11d | %7d | %.2f..%.2f of 10 | %.2f",
                    start.duration(to: now) / .seconds(1),
                    after.residentMegabytes,
                    after.descriptors,
                    after.threads,
                    rates.min()!,
                    rates.max()!,
                    (after.bad - before.bad) / seconds / Double(count / 2)
                )
            )
            (before, last) = (after, now)
        }
    }

    /// At once, also into a file.
    private static func tell(_ line: String) {
        FileHandle.standardOutput.write(Data("\(line)\n".utf8))
    }
}

/// What the gateway says of itself: memory, descriptors, and the probes of the good and of the black-holed checks.
private struct Figures {
    var residentMegabytes = 0.0
    var descriptors = 0
    var threads = 0
    var good = [Double](repeating: 0, count: Steady.count / 2)
    var bad = 0.0

    /// Asks on a connection of its own: the gateway closes those that are idle for 20 s.
    init(port: UInt16) async throws {
        for line in try await SimpleHTTPClient(port: port).get("/metrics").text.split(separator: "\n") {
            let parts = line.split(separator: " ")
            guard let value = parts.last.flatMap({ Double($0) }) else { continue }
            switch parts[0] {
            case "process_resident_memory_bytes": residentMegabytes = value / 1e6
            case "process_open_fds": descriptors = Int(value)
            case "process_threads": threads = Int(value)
            default: count(parts[0], value)
            }
        }
    }

    private mutating func count(_ series: Substring, _ value: Double) {
        let prefix = "allclear_probe_duration_seconds_count{check=\"c"
        guard series.hasPrefix(prefix), let index = Int(series.dropFirst(prefix.count).prefix { $0.isNumber }) else {
            return
        }
        if index % 2 == 0 { good[index / 2] = value } else { bad += value }
    }
}
