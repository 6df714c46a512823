import Foundation

/// What was measured in one scenario, for people; a table in Markdown.
struct Table {
    let text: String

    init(scenario: Scenario, measured: [Waiter: [Measurement]]) {
        let head = "median ms | maximum ms | maximum, of the wait | too early | CPU, of the wait"
        var lines = ["| \(scenario.rawValue) | \(head) |", "| --- | ---: | ---: | ---: | ---: | ---: |"]
        for waiter in Waiter.allCases {
            guard let runs = measured[waiter], !runs.isEmpty else { continue }
            let lateness = runs.map { $0.lateness / .milliseconds(1) }.sorted()
            // Of a server that is there at once, a share says nothing.
            let share = scenario.isGradual ? runs.map { $0.lateness / $0.needed }.max() : nil
            let processor = runs.reduce(.zero) { $0 + $1.processor } / runs.reduce(.zero) { $0 + $1.waited }
            let cells = [
                waiter.rawValue, String(format: "%.0f", Self.median(lateness)),
                String(format: "%.0f", lateness.last ?? 0),
                share.map { String(format: "%.1f %%", $0 * 100) } ?? "",
                "\(runs.count(where: \.isTooEarly)) of \(runs.count)",
                String(format: "%.2f %%", processor * 100),
            ]
            lines.append("| \(cells.joined(separator: " | ")) |")
        }
        text = lines.joined(separator: "\n") + "\n"
    }

    private static func median(_ sorted: [Double]) -> Double {
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
