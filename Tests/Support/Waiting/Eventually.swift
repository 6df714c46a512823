import Foundation

/// What a wait throws when its bound has passed: what was waited for, and what there was instead.
package struct WaitTimedOut: Error, CustomStringConvertible {
    package let description: String

    package init(_ what: String, within bound: Duration, detail: String = "") {
        description = "\(what): not within \(bound)" + (detail.isEmpty ? "" : "\n\(detail)")
    }
}

/// Waits until `condition` holds, and throws `WaitTimedOut` when it does not within `bound`.
///
/// The bound is for broken code only: a healthy wait ends with the first time the condition holds, so it may be generous.
package func eventually(
    _ what: String = "the condition",
    within bound: Duration = .seconds(30),
    every interval: Duration = .milliseconds(5),
    _ condition: () async throws -> Bool
) async throws {
    _ = try await eventualValue(what, within: bound, every: interval) { try await condition() ? () : nil }
}

/// Waits until `value` is no longer nil and returns it; throws `WaitTimedOut` when it is not within `bound`.
package func eventualValue<Value>(
    _ what: String = "a value",
    within bound: Duration = .seconds(30),
    every interval: Duration = .milliseconds(5),
    _ value: () async throws -> Value?
) async throws -> Value {
    let end = ContinuousClock.now + bound
    while true {
        if let found = try await value() { return found }
        guard ContinuousClock.now < end else { throw WaitTimedOut(what, within: bound) }
        try await Task.sleep(for: interval)
    }
}

/// The same wait for code that runs on a thread of its own, where blocking harms nobody.
func waitBlocking(
    _ what: String,
    within bound: Duration,
    every interval: Duration = .milliseconds(5),
    detail: @autoclosure () -> String = "",
    until condition: () throws -> Bool
) throws {
    let end = ContinuousClock.now + bound
    while try !condition() {
        guard ContinuousClock.now < end else { throw WaitTimedOut(what, within: bound, detail: detail()) }
        usleep(UInt32(interval / .microseconds(1)))
    }
}

/// Runs blocking work on a thread of its own: the cooperative pool has as many threads as the machine has cores, and a
/// test that blocks one of them slows down every other test.
package func onThread<Value: Sendable>(
    _ work: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: work)) }
    }
}
