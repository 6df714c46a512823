import BenchmarkSupport
import Foundation
import TestSupport

/// A program and what of its start can be seen.
struct Start: Sendable {
    let program: Program
    /// Answers 200 as soon as the program lives; nil where there is no such thing.
    private let alive: String?
    private let checks: Bool
    private let upstream: FlappingRedis?

    /// - Parameters:
    ///   - checks: whether it looks at a service at all.
    ///   - truthAfter: the upstream that must have been asked before an answer of 200 is worth anything.
    init(_ program: Program, alive: String? = nil, checks: Bool = true, truthAfter upstream: FlappingRedis? = nil) {
        self.program = program
        self.alive = alive
        self.checks = checks
        self.upstream = upstream
    }

    /// Starts the program once and ends it; for a thread of its own.
    func measure() throws -> [(String, Duration)] {
        let start = ContinuousClock.now
        let contender = try program.launch()
        defer { contender.stop() }
        let asker = Asker(port: program.port, target: alive ?? program.target)
        var times: [(String, Duration)] = []
        try wait(for: contender) { (try? asker.connect()) != nil }
        times.append(("listening", start.duration(to: .now)))
        try wait(for: contender) { asker.status() == 200 }
        times.append(("first 200", start.duration(to: .now)))
        guard checks else { return times }
        // The exporter's page of a probe comes when that has ended; of ours, 200 means that all have passed.
        let judge = Asker(port: program.port, target: program.target)
        try wait(for: contender) { judge.status() == 200 }
        var truth = ContinuousClock.now
        if let upstream {
            try wait(for: contender) { upstream.firstAnswer != nil }
            truth = max(truth, upstream.firstAnswer ?? truth)
        }
        times.append(("first truthful 200", start.duration(to: truth)))
        return times
    }

    private func wait(for contender: Contender, until condition: () -> Bool) throws {
        let end = ContinuousClock.now + .seconds(20)
        while !condition() {
            guard ContinuousClock.now < end, contender.executable.process.isRunning else {
                throw SystemFailure(
                    "\(program.name): \(contender.executable.errorOutput.prefix(1_000))",
                    code: ETIMEDOUT
                )
            }
            usleep(100)
        }
    }
}
