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

    /// Asks once, within the deadline: resolve, connect, secure, login, query and goodbye.
    ///
    /// When it returns nothing else of the attempt is left: no descriptor, no child, no task. It returns early when its task
    /// is cancelled, with whatever failure that made.
    func run(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> ProbeOutcome

    /// Waits until what the last run had to leave at work in the server has ended; called when its outcome is recorded.
    func settle(on loop: isolated EventLoop) async
}

extension Probe {
    package var loop: LoopKind { .checks }
    package var secretFiles: [String] { [] }
    package func settle(on loop: isolated EventLoop) async {}
}

/// The gateway's event loops.
package enum LoopKind: Hashable, Sendable, CaseIterable {
    /// For everything that never blocks.
    case checks
    /// For client libraries that stand still for milliseconds at each login, as libpq does over its CA file.
    case logins
}
