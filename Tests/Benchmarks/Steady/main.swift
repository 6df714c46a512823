import Foundation
import TestSupport

// 200 checks at the fastest period, half of them to a black hole: do the other half keep their periods, and do memory and
// descriptors stay level? Prints figures; a reader judges. `make bench-steady MINUTES=10`.

let minutes = Double(ProcessInfo.processInfo.environment["MINUTES"] ?? "") ?? 1
let count = 200
let period = 0.1

let hole = try BlackHole()
let redis = try await RedisServer.start()
let folder = try TemporaryFolder("steady")
let port = FreePort.find()
let checks = (0..<count)
    .map { index in
        let target = index % 2 == 0 ? "redis://127.0.0.1:\(redis.port)" : "tcp://127.0.0.1:\(hole.port)"
        return "  c\(index): {url: \"\(target)\", period: 100ms, timeout: 100ms, jitter: 0%, required: false}"
    }
try folder.write("listen: [\"127.0.0.1:\(port)\"]\nchecks:\n\(checks.joined(separator: "\n"))\n", to: "allclear.yaml")
let gateway = try Executable(["serve", "--config", folder.file("allclear.yaml")])
try await gateway.waitForLine(containing: "listening")

/// What the gateway says of itself: memory and descriptors, and the probes of the good and of the black-holed checks.
struct Figures {
    var residentMegabytes = 0.0
    var descriptors = 0
    var threads = 0
    var good = [Double](repeating: 0, count: count / 2)
    var bad = 0.0
}

func figures() async throws -> Figures {
    var figures = Figures()
    // A connection for each question: the gateway closes those that are idle for 20 s.
    for line in try await SimpleHTTPClient(port: port).get("/metrics").text.split(separator: "\n") {
        let parts = line.split(separator: " ")
        guard let value = parts.last.flatMap({ Double($0) }) else { continue }
        switch parts[0] {
        case "process_resident_memory_bytes": figures.residentMegabytes = value / 1e6
        case "process_open_fds": figures.descriptors = Int(value)
        case "process_threads": figures.threads = Int(value)
        default:
            guard line.hasPrefix("allclear_probe_duration_seconds_count{check=\"c"),
                let index = Int(
                    line.dropFirst("allclear_probe_duration_seconds_count{check=\"c".count).prefix { $0.isNumber }
                )
            else { continue }
            if index % 2 == 0 { figures.good[index / 2] = value } else { figures.bad += value }
        }
    }
    return figures
}

print("\(count) checks, period 100 ms, half of them to a black hole, \(minutes) min")
print("  time s | RSS MB | descriptors | threads | good checks: probes/s slowest..fastest | black-holed: probes/s each")
let start = ContinuousClock.now
var before = try await figures()
var last = start
while start.duration(to: .now) < .seconds(minutes * 60) {
    try await Task.sleep(for: .seconds(min(30, minutes * 60 / 4)))
    let now = ContinuousClock.now
    let seconds = last.duration(to: now) / .seconds(1)
    let after = try await figures()
    let rates = zip(after.good, before.good).map { ($0 - $1) / seconds }
    print(
        String(
            format: "%8.0f | %6.1f | %11d | %7d | %.2f..%.2f of %.0f | %.2f",
            start.duration(to: now) / .seconds(1),
            after.residentMegabytes,
            after.descriptors,
            after.threads,
            rates.min()!,
            rates.max()!,
            1 / period,
            (after.bad - before.bad) / seconds / Double(count / 2)
        )
    )
    (before, last) = (after, now)
}
gateway.send(signal: SIGTERM)
print("ended: \(try await gateway.waitForEnd())")
