/// One wait beside the truth.
struct Measurement: Sendable {
    /// From the first answered query to the end of the wait; below zero where it ended before.
    let lateness: Duration
    /// It ended when the service was certainly not ready.
    let isTooEarly: Bool
    /// From the start of the wait to the first answered query.
    let needed: Duration
    let waited: Duration
    let processor: Duration

    init(of run: Waiter.Run, against truth: Truth) {
        lateness = truth.firstAnswer.duration(to: run.end)
        isTooEarly = run.end < truth.notReady
        needed = run.start.duration(to: truth.firstAnswer)
        waited = run.start.duration(to: run.end)
        processor = run.processor
    }
}
