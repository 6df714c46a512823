package import Health
package import Transport

/// One way to ask one upstream whether it is ready.
///
/// Made once from the configuration and run again and again, never twice at a time. Between two runs it keeps nothing but
/// what ``settle(on:)`` waits for.
package protocol Probe: Sendable {
    /// On which of the gateway's loops it runs.
    var loop: LoopKind { get }
    /// Files with secrets that it reads at each run; a change of one ends a long pause after a refused login.
    var secretFiles: [String] { get }
    /// What of its results is shown as the value that it observes.
    var measure: Measure { get }

    /// Asks once, within the deadline: resolve, connect, secure, login, query and goodbye.
    ///
    /// When it returns nothing else of the attempt is left: no descriptor, no child, no task. It returns early when its task
    /// is cancelled, with whatever failure that made.
    func run(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> ProbeOutcome

    /// Asks once as ``run(until:on:)`` does, and keeps the connection where it passes.
    ///
    /// - Returns: what it found, and the connection; nil where it failed, and from a probe that holds none.
    func open(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> (
        ProbeOutcome, HeldConnection?
    )

    /// Whether what it asks is still at an address, as far as the last attempt has heard: a name may have moved on.
    func leads(to address: Address) -> Bool

    /// Has the next attempt look names up anew, however long their answers may be kept, unless they came after `moment`.
    func doubtName(heardBy moment: ContinuousClock.Instant)

    /// Waits until what the last run had to leave at work in the server has ended; called when its outcome is recorded.
    func settle(on loop: isolated EventLoop) async
}

extension Probe {
    package var loop: LoopKind { .checks }
    package var secretFiles: [String] { [] }
    package var measure: Measure { .duration }
    package func leads(to address: Address) -> Bool { true }
    package func doubtName(heardBy moment: ContinuousClock.Instant) {}
    package func settle(on loop: isolated EventLoop) async {}

    package func open(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> (
        ProbeOutcome, HeldConnection?
    ) {
        (await run(until: deadline, on: loop), nil)
    }
}

/// What is shown as a check's observed value (draft-inadarei-api-health-check-06 section 4.4).
package enum Measure: Hashable, Sendable {
    /// How long the probe took, in milliseconds.
    case duration
    /// How long the certificate was still valid then, in whole days.
    case daysLeft
}

/// The gateway's event loops.
package enum LoopKind: Hashable, Sendable, CaseIterable {
    /// For everything that never blocks.
    case checks
    /// For client libraries that stand still for milliseconds at each login, as libpq does over its CA file.
    case logins
}
