internal import Health

/// What `/metrics` counts of one check, from the start of the gateway.
struct CheckCounters: Sendable {
    /// Upper bounds of the histogram's buckets, in seconds.
    static let bounds: [Double] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    /// Probes by bucket, the last for those above all bounds; not cumulative.
    private(set) var buckets = [UInt64](repeating: 0, count: bounds.count + 1)
    /// Seconds, of all probes.
    private(set) var totalDuration = 0.0
    /// By code, in the order of their first appearance; nil for a pass. Codes are a closed set, so it stays small.
    private(set) var probes: [(code: FailureCode?, count: UInt64)] = []
    /// By the level that was reached.
    private(set) var transitions: [Level: UInt64] = [:]

    mutating func count(_ result: ProbeResult, _ transition: CheckState.Transition?) {
        let seconds = result.duration.seconds
        buckets[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
        totalDuration += seconds
        let code = result.outcome.failure?.code
        if let place = probes.firstIndex(where: { $0.code == code }) {
            probes[place].count += 1
        } else {
            probes.append((code, 1))
        }
        if let transition { count(transition) }
    }

    mutating func count(_ transition: CheckState.Transition) {
        transitions[transition.to, default: 0] += 1
    }
}
