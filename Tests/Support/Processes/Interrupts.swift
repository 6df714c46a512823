import Foundation

/// Ctrl-C and its like (SIGINT, SIGTERM, SIGHUP), which a program takes when it asks for them.
package enum Interrupts {
    private static let signals: sigset_t = {
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, signal) }
        return signals
    }()

    /// Keeps them back; before there are threads, or one that does not would take them.
    package static func block() {
        var signals = Self.signals
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Waits on this thread, and says whether one came.
    package static func come(within bound: Duration) -> Bool {
        var signals = Self.signals
        let whole = bound.components.seconds
        var time = timespec(tv_sec: Int(whole), tv_nsec: Int((bound - .seconds(whole)) / .nanoseconds(1)))
        return sigtimedwait(&signals, nil, &time) > 0
    }
}
