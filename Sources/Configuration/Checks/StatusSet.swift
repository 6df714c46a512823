/// The HTTP statuses that count as a pass.
package struct StatusSet: Hashable, Sendable, CustomStringConvertible {
    /// In the order written; each within 100 to 599.
    package let ranges: [ClosedRange<Int>]

    package init(_ ranges: [ClosedRange<Int>]) {
        self.ranges = ranges
    }

    package func contains(_ status: Int) -> Bool {
        ranges.contains { $0.contains(status) }
    }

    package var description: String {
        ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
    }
}
