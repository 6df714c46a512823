package import Probes
package import Transport

/// The gateway's event loops, one thread each.
package struct Loops: Sendable {
    package let checks: EventLoop
    package let logins: EventLoop

    package init(clock: any LoopClock = SystemClock()) throws(TransportFailure) {
        checks = try EventLoop(clock: clock)
        logins = try EventLoop(clock: clock)
    }

    package subscript(kind: LoopKind) -> EventLoop {
        switch kind {
        case .checks: checks
        case .logins: logins
        }
    }

    /// Starts both threads, or none.
    package func start() throws(TransportFailure) {
        try checks.start(named: "checks")
        do throws(TransportFailure) {
            try logins.start(named: "logins")
        } catch {
            checks.stop()
            throw error
        }
    }

    package func stop() {
        checks.stop()
        logins.stop()
    }

    /// How long the one that has stood still the longest has done so, though it should have moved.
    func standstill(at now: ContinuousClock.Instant) -> Duration {
        max(checks.standstill(at: now), logins.standstill(at: now))
    }
}
