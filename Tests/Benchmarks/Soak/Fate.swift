import BenchmarkSupport
import TestSupport

/// Lets things befall one server at random, and has what the gateway says of it judged.
struct Fate {
    let upstream: any Upstream
    /// Where its first check stands among all.
    let first: Int
    let observer: Observer
    let ledger: Ledger
    let course: Course

    /// How long a server is well between two troubles, in seconds.
    private static let rest = 1.0...6.0
    /// What is given up waiting for.
    private static let patience = Duration.seconds(60)

    /// Goes on until a moment, and then until all is well again.
    func run(until end: ContinuousClock.Instant, _ random: SeededGenerator) async throws {
        var random = random
        var seen = upstream.checks.map { _ in 0 }
        while true {
            try await course.sleep(.seconds(.random(in: Self.rest, using: &random)))
            guard ContinuousClock.now < end, let next = upstream.disturbances.randomElement(using: &random) else {
                break
            }
            try await suffer(next, for: .seconds(.random(in: next.length, using: &random)), &seen)
        }
        // What was said since the last trouble.
        let now = ContinuousClock.now
        judge(
            upstream.checks.map { _ in Episode(.none, start: now, undone: now, back: now, riseWithin: .zero) },
            nil,
            &seen
        )
    }

    private func suffer(_ disturbance: Disturbance, for length: Duration, _ seen: inout [Int]) async throws {
        ledger.count(disturbance)
        let start = try await upstream.disturb(disturbance)
        if length > .zero { try await course.sleep(length) }
        let undone = try await upstream.mend(disturbance)
        let back = try await upstream.firstAnswer()
        let episodes = upstream.checks.map { check in
            Episode(
                check.demand(in: disturbance),
                start: start,
                undone: undone,
                back: back,
                riseWithin: check.riseBound(from: disturbance, after: start.duration(to: back))
            )
        }
        try await awaitRest(after: episodes)
        judge(episodes, disturbance, &seen)
    }

    private func judge(_ episodes: [Episode], _ disturbance: Disturbance?, _ seen: inout [Int]) {
        for (index, (check, episode)) in zip(upstream.checks, episodes).enumerated() {
            let sightings = observer.sightings(of: first + index, from: seen[index])
            seen[index] += sightings.count
            ledger.add(episode.judge(sightings), of: check, in: disturbance, episode)
        }
    }

    /// Waits until every check says that all is well; what may be told of late has had its time.
    private func awaitRest(after episodes: [Episode]) async throws {
        for (index, episode) in episodes.enumerated() {
            if case .fall = episode.demand {
            } else {
                let left = ContinuousClock.now.duration(to: episode.back + episode.riseBound)
                if left > .zero { try await course.sleep(left) }
            }
            let end = episode.back + Self.patience
            while !observer.isReady(first + index), ContinuousClock.now < end {
                try await course.sleep(.milliseconds(20))
            }
        }
    }
}
