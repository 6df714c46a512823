import BenchmarkSupport
import Foundation
import TestSupport

/// Does the gateway tell the truth, and grow by nothing, while its servers fail at random and clients come and go?
/// `make soak MINUTES=60`, with `SEED=n` for the same things to happen.
///
/// Exits with 1 where a change of a server was told too late or not at all, where the gateway said what was not true, or
/// where something did not come back to where it began.
@main
struct Soak {
    private let seed: Int
    private let upstreams: [any Upstream]
    private let gateway: Contender
    private let observer: Observer
    private let clients: Clients
    private let ledger = Ledger()
    private let course: Course
    private let begun = ContinuousClock.now

    /// Not async: the runtime would then give up the main thread, and take signals on one where they are not blocked.
    static func main() {
        Interrupts.block()
        let ended = DispatchSemaphore(value: 0)
        Task.detached {
            do {
                exit(try await run())
            } catch {
                Report.say("soak: \(error)")
                exit(1)
            }
        }
        ended.wait()
    }

    /// - Returns: the exit status.
    private static func run() async throws -> Int32 {
        let minutes = Settings.count("MINUTES", default: 60)
        let seed = Settings.count("SEED", default: .random(in: 1...999_999))
        Report.say("soak: \(minutes) min, SEED=\(seed)")
        let course = Course()
        return try await withThrowingTaskGroup { group in
            group.addTask { try await course.heedInterrupts() }
            defer { course.stop() }
            let soak = try await Soak(seed: seed, course)
            defer { soak.stop() }
            guard try await soak.run(for: .seconds(60 * minutes)) else { return 1 }
            return course.isInterrupted ? 128 + SIGINT : 0
        }
    }

    private init(seed: Int, _ course: Course) async throws {
        self.seed = seed
        self.course = course
        Settings.raiseDescriptorLimit()
        async let postgres = PostgreSQLUpstream()
        async let first = RedisUpstream("cache")
        async let second = RedisUpstream("queue")
        async let third = RedisUpstream("session")
        upstreams = [
            try await first, try await second, try await third, try await postgres, try await NginxUpstream(),
            try OriginUpstream(),
        ]
        let checks = upstreams.flatMap(\.checks)
        gateway = try await Program.allclear("\(Check.configuration)checks:\n\(checks.map(\.line).joined())").start()
        observer = Observer(of: checks, at: gateway.program.port, on: course)
        clients = Clients(of: checks, at: gateway.program.port, on: course, seed: seed)
    }

    private func stop() {
        course.stop()
        gateway.stop()
        for upstream in upstreams { upstream.stop() }
    }

    /// - Returns: whether all was as it should be, as far as it came.
    private func run(for time: Duration) async throws -> Bool {
        var first: SoakFigures?
        var last: SoakFigures?
        do {
            first = try await warmUp()
            try await trouble(for: time)
            last = try await settle()
        } catch is Course.Interrupted {
            Report.say("interrupted")
        }
        let summary = Summary(
            seed: seed,
            minutes: begun.duration(to: .now) / .seconds(60),
            ledger: ledger.now,
            faults: try await faults,
            first: first,
            last: last,
            answerTimes: observer.answerTimes,
            slowestAnswer: observer.slowestAnswer,
            answers: observer.answers,
            visits: clients.acts
        )
        try summary.tell(since: begun)
        return summary.isSound
    }

    /// A minute in which nothing fails, so that all is there that there will be.
    private func warmUp() async throws -> SoakFigures {
        try await awaitReadiness()
        clients.resume()
        try await course.sleep(.seconds(60))
        return try await figures()
    }

    private func trouble(for time: Duration) async throws {
        let end = ContinuousClock.now + time
        observer.resume()
        try await awaitReadiness()
        clients.resume()
        try await withThrowingTaskGroup { group in
            var first = 0
            for (number, upstream) in upstreams.enumerated() {
                let fate = Fate(upstream: upstream, first: first, observer: observer, ledger: ledger, course: course)
                first += upstream.checks.count
                group.addTask { [seed] in try await fate.run(until: end, SeededGenerator(seed: seed &+ number)) }
            }
            group.addTask {
                while ContinuousClock.now < end {
                    try await course.sleep(min(.seconds(60), ContinuousClock.now.duration(to: end)))
                    tellMinute()
                }
            }
            try await group.waitForAll()
        }
    }

    private func settle() async throws -> SoakFigures {
        try await awaitReadiness()
        return try await figures()
    }

    /// Sends everybody away and lets what they leave behind be tidied up: a connection may idle for 20 s.
    private func figures() async throws -> SoakFigures {
        try await clients.pause()
        try await observer.pause()
        try await course.sleep(.seconds(26))
        return try await SoakFigures.taken(of: gateway, on: course)
    }

    private func awaitReadiness() async throws {
        let end = ContinuousClock.now + .seconds(60)
        while !upstreams.flatMap(\.checks).indices.allSatisfy(observer.isReady), ContinuousClock.now < end {
            try await course.sleep(.milliseconds(20))
        }
    }

    /// What was wrong besides what the ledger holds.
    private var faults: [Fault] {
        get async throws { observer.failures + clients.complaints + (try await unseenChanges()) }
    }

    /// A word that changes and changes back between two questions is not heard, but counted by the gateway.
    private func unseenChanges() async throws -> [Fault] {
        guard let metrics = try? await SoakFigures.metrics(of: gateway) else { return [] }
        let unheard = ledger.now.unheard
        return upstreams.flatMap(\.checks).enumerated()
            .compactMap { index, check in
                let counted = Int(metrics["allclear_transitions_total{check=\"\(check.name)\",to=\"fail\"}"] ?? 0)
                let seen = observer.fallCount(of: index)
                guard counted > seen + unheard[check.name, default: 0] else { return nil }
                return Fault(
                    time: .now,
                    check: check.name,
                    text: "\(counted) falls counted by the gateway, \(seen) seen"
                )
            }
    }

    private func tellMinute() {
        let state = ledger.now
        let figures = gateway.figures
        let minutes = Int((begun.duration(to: .now) / .seconds(60)).rounded())
        Report.say(
            String(
                format: "%3d min: %d transitions, %d missed, %d untrue | RSS %.1f MB, anonymous %.2f MB, "
                    + "%d descriptors, %d threads | %d answers, %d visits, %d faults",
                minutes,
                state.transitions,
                state.missed.count,
                state.untrue.count,
                figures.residentBytes / 1e6,
                figures.anonymousBytes / 1e6,
                figures.descriptors,
                figures.threads,
                observer.answers,
                clients.acts,
                observer.failures.count + clients.complaints.count
            )
        )
    }
}
