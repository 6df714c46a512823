package import Health
package import Transport

/// A connection that stays open between probes: cheaper to ask over, and a death is heard on it at once.
///
/// Lives on its loop, used by one task at a time; its last reference says goodbye and closes it.
package protocol HeldConnection: AnyObject {
    /// Whether it can be asked over; else it is only listened to, and every probe is a fresh one.
    var takesQuestions: Bool { get }

    /// Asks over the connection what a fresh probe asks after its login.
    func ping(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> PingAnswer

    /// Waits until `deadline`, or until something comes that nobody asked for.
    ///
    /// - Returns: whether the connection is to be given up: the other side has closed it, or said goodbye.
    func isDisturbed(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> Bool
}

/// What came of a question over a held connection.
package enum PingAnswer: Hashable, Sendable {
    /// An answer; the connection goes on.
    case answered(ProbeOutcome)
    /// No proper answer, which counts as the failure of a probe; the connection is of no use any more.
    case failed(ProbeFailure)
    /// The other side has closed it, which by itself says nothing: servers and proxies close what is idle.
    case lost
}
