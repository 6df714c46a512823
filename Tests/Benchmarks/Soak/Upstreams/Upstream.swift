import Foundation
import TestSupport

/// A server that the gateway watches, and that things happen to.
protocol Upstream: Sendable {
    var name: String { get }
    var checks: [Check] { get }
    /// What may befall it.
    var disturbances: [Disturbance] { get }

    /// Lets it befall the server; what is over at once is over when this returns.
    ///
    /// - Returns: the moment until which the server was well.
    func disturb(_ disturbance: Disturbance) async throws -> ContinuousClock.Instant

    /// Ends it.
    ///
    /// - Returns: a moment before which the server cannot have been well again.
    func mend(_ disturbance: Disturbance) async throws -> ContinuousClock.Instant

    /// Whether the server itself answers to a new client; blocks as long as it takes.
    func answers() -> Bool

    func stop()
}

extension Upstream {
    /// When the server first answered; asks every millisecond.
    func firstAnswer() async throws -> ContinuousClock.Instant {
        try await onThread {
            let end = ContinuousClock.now + .seconds(60)
            while !answers() {
                guard ContinuousClock.now < end else { throw WaitTimedOut("\(name) back", within: .seconds(60)) }
                usleep(1_000)
            }
            return .now
        }
    }
}
