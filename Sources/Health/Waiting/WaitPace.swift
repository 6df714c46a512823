/// How long `allclear wait` pauses before it asks a service again (CONTRACT section 2).
///
/// Shares of the time that has gone by, so that what the pause adds to a wait stays a share of it, however long it is.
enum WaitPace {
    static let shortest = Duration.milliseconds(10)
    static let longest = Duration.seconds(1)
    /// The first pause after a failure that waiting will not mend; each next is twice as long.
    static let permanent = Duration.milliseconds(500)

    /// - Parameters:
    ///   - result: of the last attempt.
    ///   - waited: since the beginning.
    ///   - spoken: since the server first answered, or else since its port first opened; nil where neither was seen yet.
    ///   - repetitions: how many failures of class permanent came in a row before this one.
    static func pause(
        after result: ProbeResult,
        waited: Duration,
        spoken: Duration?,
        repetitions: Int
    ) -> Duration {
        // One that passes is asked again where something more than a pass is waited for.
        guard let code = result.outcome.failure?.code else { return share(0.02, of: spoken ?? waited) }
        switch (code.stage, code.reason) {
        case (.connect, .refused):
            return share(0.005, of: waited)
        case (.connect, _):
            return .milliseconds(100)
        case (.resolve, _):
            return .milliseconds(500)
        case (.run, _) where code.failureClass == .transient:
            // A program is dearer than a connection: it may use half of the time at most.
            return max(share(0.02, of: spoken ?? waited), min(result.duration, longest))
        default:
            break
        }
        switch code.failureClass {
        case .starting, .transient: return share(0.02, of: spoken ?? waited)
        case .overloaded: return longest
        case .permanent: return permanent.doubled(times: repetitions, atMost: Pace.slowest)
        }
    }

    private static func share(_ part: Double, of time: Duration) -> Duration {
        min(max(shortest, time * part), longest)
    }
}
