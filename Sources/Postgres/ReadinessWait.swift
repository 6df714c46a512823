internal import Transport

/// Waits on libpq's socket, which libpq may replace by another at any step.
struct ReadinessWait: ~Copyable {
    /// A peer that never stops talking shall not keep the loop to itself: after so many waits that needed no waiting...
    private static let mostRounds = 64
    /// ...each further one takes this long.
    private static let pause = Duration.milliseconds(2)

    private let pollSet: PollSet
    private var rounds = 0
    private var isOver = false

    init(on loop: isolated EventLoop) throws(PostgresFailure) {
        do throws(TransportFailure) {
            pollSet = try PollSet(on: loop)
        } catch {
            throw .transport(error)
        }
    }

    /// Returns when the socket is ready; throws `stage.timed_out` at the deadline.
    ///
    /// After a pause of the whole machine an answer may be there though its time is over: it is heard once, but a peer
    /// that never stops talking is not.
    mutating func wait(
        for interest: Readiness,
        of socket: Int32,
        at stage: TransportFailure.Stage,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(PostgresFailure) {
        rounds += 1
        if rounds > Self.mostRounds { await loop.sleep(until: loop.now + Self.pause) }
        do throws(TransportFailure) {
            try pollSet.watch(socket, for: interest)
        } catch {
            throw .transport(error)
        }
        switch await pollSet.wait(until: deadline, on: loop, { _, _ in }) {
        case .deadline: throw .timedOut(at: stage)
        case .cancelled: throw .cancelled(at: stage)
        case .ready, .signalled:
            if isOver { throw .timedOut(at: stage) }
            isOver = loop.now >= deadline
        }
    }
}
