/// What was measured of one thing, run by run.
package struct Samples: Sendable {
    package private(set) var values: [Double]

    package init(_ values: [Double] = []) { self.values = values }

    package mutating func append(_ value: Double) { values.append(value) }

    package var median: Double { percentile(50) }
    package var least: Double { values.min() ?? .nan }
    package var most: Double { values.max() ?? .nan }

    /// The value below which so many of a hundred lie, between two neighbours in proportion; no number where there is nothing.
    package func percentile(_ percent: Double) -> Double {
        guard !values.isEmpty else { return .nan }
        let sorted = values.sorted()
        let place = Double(sorted.count - 1) * percent / 100
        let (low, high) = (Int(place.rounded(.down)), Int(place.rounded(.up)))
        return sorted[low] + (sorted[high] - sorted[low]) * (place - Double(low))
    }
}
