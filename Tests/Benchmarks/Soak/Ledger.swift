import BenchmarkSupport
import Foundation
import Synchronization
import TestSupport

/// Something that was not as it should be.
struct Fault: Sendable {
    let time: ContinuousClock.Instant
    let check: String
    let text: String
}

/// How the gateway has kept its word in all that happened to the servers.
final class Ledger: Sendable {
    /// Which transitions a row is of.
    struct Key: Hashable, Sendable {
        let disturbance: Disturbance
        let isBack: Bool
        let manner: Check.Manner

        var title: String { isBack ? "back from \(disturbance.rawValue)" : disturbance.rawValue }
    }

    struct Row: Sendable {
        /// In ms.
        var delays = Samples()
        /// The longest that was granted.
        var bound = Duration.zero
        var missed = 0
    }

    struct State: Sendable {
        var rows: [Key: Row] = [:]
        /// How often it happened.
        var counts: [Disturbance: Int] = [:]
        /// By check, what it may have told of without being heard, as it was over at once.
        var unheard: [String: Int] = [:]
        var missed: [Fault] = []
        var untrue: [Fault] = []

        var transitions: Int { rows.values.reduce(0) { $0 + $1.delays.values.count } }
    }

    private let state = Mutex(State())

    var now: State { state.withLock { $0 } }

    func count(_ disturbance: Disturbance) { state.withLock { $0.counts[disturbance, default: 0] += 1 } }

    /// - Parameter disturbance: nil where nothing happened at all.
    func add(_ judgement: Episode.Judgement, of check: Check, in disturbance: Disturbance?, _ episode: Episode) {
        state.withLock { state in
            let fault = { (fault: Episode.Fault) in
                let since = episode.start.duration(to: fault.time).inSeconds
                let when = disturbance.map { " (\(since) after it was \($0.rawValue))" } ?? ""
                return Fault(time: fault.time, check: check.name, text: fault.text + when)
            }
            state.untrue += judgement.untrue.map(fault)
            state.missed += judgement.missed.map(fault)
            guard let disturbance else { return }
            if episode.demand == .mayFall, judgement.fall == nil { state.unheard[check.name, default: 0] += 1 }
            let fallBound: Duration? = if case .fall(let bound) = episode.demand { bound } else { nil }
            for (delay, bound, isBack) in [
                (judgement.fall, fallBound, false), (judgement.rise, episode.riseBound, true),
            ] {
                guard let delay else { continue }
                let key = Key(disturbance: disturbance, isBack: isBack, manner: check.manner)
                var row = state.rows[key] ?? Row()
                row.delays.append(delay / .milliseconds(1))
                row.bound = max(row.bound, bound ?? .zero)
                if let bound, delay > bound { row.missed += 1 }
                state.rows[key] = row
            }
        }
    }
}
