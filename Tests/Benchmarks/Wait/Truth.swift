import Foundation
import TestSupport

/// When a service became ready, as a client heard that asks all the time.
struct Truth: Sendable {
    /// The last moment at which it was certainly not ready: an attempt that began then was refused.
    var notReady: ContinuousClock.Instant
    var firstAnswer: ContinuousClock.Instant

    /// Asks every millisecond until a query is answered.
    static func watch(_ service: Service) -> Truth {
        var notReady = ContinuousClock.now
        while true {
            let start = ContinuousClock.now
            if service.answers() { return Truth(notReady: notReady, firstAnswer: .now) }
            notReady = start
            usleep(1_000)
        }
    }
}
