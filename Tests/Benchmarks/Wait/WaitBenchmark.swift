import Foundation
import TestSupport

/// How late, or how much too early, each way to hold back an application lets it go. `make bench-wait RUNS=10`.
///
/// All of them wait for the same start of the same server at the same time, so each sees the same thing; together they leave both
/// cores of a small machine nearly idle. When the server's first query is answered is heard by another client.
@main
struct WaitBenchmark {
    static func main() async throws {
        let runs = Int(ProcessInfo.processInfo.environment["RUNS"] ?? "") ?? 10
        tell("\(runs) runs each; ms from the first answered query to the end of the wait\n")
        for scenario in Scenario.allCases {
            var measured: [Waiter: [Measurement]] = [:]
            for number in 1...runs {
                for (waiter, measurement) in try await round(scenario) {
                    measured[waiter, default: []].append(measurement)
                }
                FileHandle.standardError.write(Data("\r\(scenario.rawValue): \(number) of \(runs)\u{1B}[K".utf8))
            }
            FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
            tell(Table(scenario: scenario, measured: measured).text)
        }
    }

    /// One start of a server, and all who wait for it.
    private static func round(_ scenario: Scenario) async throws -> [Waiter: Measurement] {
        let service = try await scenario.prepare()
        defer { service.stop() }
        let folder = try TemporaryFolder("bench-wait")
        async let truth = onThread { Truth.watch(service) }
        let runs = try await withThrowingTaskGroup(of: (Waiter, Waiter.Run).self) { group in
            // None is always the first to be started.
            for waiter in Waiter.allCases.shuffled() {
                group.addTask { try await onThread { (waiter, try waiter.run(for: service, in: folder)) } }
            }
            try await scenario.raise(service)
            return try await group.reduce(into: [Waiter: Waiter.Run]()) { $0[$1.0] = $1.1 }
        }
        let moment = try await truth
        return runs.mapValues { Measurement(of: $0, against: moment) }
    }

    /// At once, also into a file.
    private static func tell(_ text: String) {
        FileHandle.standardOutput.write(Data("\(text)\n".utf8))
    }
}
