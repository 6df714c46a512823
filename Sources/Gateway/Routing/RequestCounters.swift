internal import Synchronization

/// Counts answers by path and status; its rows and columns are fixed at start, so that no client can add any.
final class RequestCounters: Sendable {
    /// The statuses that a handler answers with.
    static let statuses = [200, 400, 404, 421, 503]

    private let labels: [String]
    private let counts: Mutex<[UInt64]>

    init(labels: [String]) {
        self.labels = labels
        counts = Mutex([UInt64](repeating: 0, count: labels.count * Self.statuses.count))
    }

    func count(_ status: Int, label: Int) {
        // A loop, as the library's own search may allocate in a debug build.
        for column in Self.statuses.indices where Self.statuses[column] == status {
            counts.withLock { $0[label * Self.statuses.count + column] += 1 }
        }
    }

    /// What was counted, without the zeros, in the order of labels and statuses.
    func all() -> [(label: String, status: Int, count: UInt64)] {
        let counts = counts.withLock { $0 }
        return counts.enumerated()
            .compactMap { index, count in
                let (row, column) = index.quotientAndRemainder(dividingBy: Self.statuses.count)
                return count == 0 ? nil : (labels[row], Self.statuses[column], count)
            }
    }
}
