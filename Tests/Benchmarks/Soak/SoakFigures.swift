import BenchmarkSupport
import Foundation
import TestSupport

/// What the gateway holds while all its servers are well and nobody asks it anything.
///
/// It has no figure for its timers: they are entries of its loop's heap, and would show as memory, or, where they fire, as
/// wake-ups.
struct SoakFigures: Encodable {
    /// In MB; of the last look.
    let resident: Double
    let anonymous: Double
    let proportional: Double
    /// The least of many looks: probes come and go.
    let descriptors: Int
    let threads: Int
    /// Of one core, in percent.
    let processor: Double
    /// Voluntary context switches a second.
    let wakeups: Double
    /// Those of `/metrics`, which count the one that asks.
    let connections: Int
    let waiters: Int

    private static let lookCount = 20

    /// Looks for ten seconds.
    static func taken(of gateway: Contender, on course: Course) async throws -> SoakFigures {
        let start = ContinuousClock.now
        let first = gateway.figures
        var looks: [ProcessFigures] = []
        for _ in 0..<lookCount {
            try await course.sleep(.milliseconds(500))
            looks.append(gateway.figures)
        }
        let seconds = start.duration(to: .now) / .seconds(1)
        let last = looks[looks.count - 1]
        let metrics = try await metrics(of: gateway)
        return SoakFigures(
            resident: last.residentBytes / 1e6,
            anonymous: last.anonymousBytes / 1e6,
            proportional: last.proportionalBytes / 1e6,
            descriptors: looks.map(\.descriptors).min() ?? 0,
            threads: looks.map(\.threads).min() ?? 0,
            processor: (last.processor - first.processor) / .seconds(1) / seconds * 100,
            wakeups: Double(last.sleeps - first.sleeps) / seconds,
            connections: Int(metrics.filter { $0.key.hasPrefix("allclear_connections{") }.values.reduce(0, +)),
            waiters: Int(metrics["allclear_waiters"] ?? -1)
        )
    }

    /// The values of /metrics by series.
    static func metrics(of gateway: Contender) async throws -> [String: Double] {
        let text = try await SimpleHTTPClient(port: gateway.program.port)
            .request("GET", "/metrics", headers: ["Connection": "close"]).text
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }
            .reduce(into: [:]) { values, line in
                guard let space = line.lastIndex(of: " ") else { return }
                values[String(line[..<space])] = Double(line[line.index(after: space)...])
            }
    }

    /// A figure that has to come back to where it began.
    struct Line {
        let name: String
        let before: Double
        let after: Double
        /// How much more it may be.
        let allowance: Double

        var isBack: Bool { after <= before + allowance }
    }

    /// - Parameter first: those of the beginning.
    func lines(since first: SoakFigures) -> [Line] {
        let line = { (name: String, value: (SoakFigures) -> Double, allowance: Double) in
            Line(name: name, before: value(first), after: value(self), allowance: allowance)
        }
        return [
            // Pages that were touched for the first time, and what the allocator keeps: not what an hour's leak would be.
            line("RSS, MB", \.resident, 4),
            line("anonymous memory, MB", \.anonymous, 3),
            line("PSS, MB", \.proportional, .infinity),
            line("descriptors", { Double($0.descriptors) }, 0),
            line("threads", { Double($0.threads) }, 0),
            line("client connections", { Double($0.connections) }, 0),
            line("waiters", { Double($0.waiters) }, 0),
            // Checks that start together share wake-ups; those that came back each in its own time do not. A timer left behind by
            // each of thousands of transitions would be another matter.
            line("wake-ups a second", \.wakeups, first.wakeups * 0.5),
            line("CPU, % of a core", \.processor, .infinity),
        ]
    }
}
