internal import CLinux
internal import Glibc

/// SIGTERM and SIGINT, as something that a task waits for in place of what they would do.
package struct TerminationSignals: Sendable {
    package enum Signal: Hashable, Sendable {
        /// SIGTERM.
        case terminate
        /// SIGINT.
        case interrupt
    }

    private let signals: [Int32]

    /// Blocks them for the calling thread and all that it starts from now on: call it before any other thread is there.
    ///
    /// One that was ignored stays so, as in a background job of a shell.
    package init() {
        signals = [SIGTERM, SIGINT].filter { !isIgnored($0) }
        var set = SignalSet(signals)
        pthread_sigmask(SIG_BLOCK, &set.value, nil)
    }

    /// The next one that comes; nil when the task is cancelled, or where the system has no descriptor left for it.
    package func next(on loop: isolated EventLoop) async -> Signal? {
        var set = SignalSet(signals)
        let number = signalfd(-1, &set.value, O_CLOEXEC | O_NONBLOCK)
        guard number >= 0, let token = try? loop.add(Descriptor(owning: number)) else { return nil }
        defer { loop.remove(token) }
        guard await loop.wait(on: token, for: .readable, until: nil) == .ready else { return nil }
        return taken()
    }

    /// One that has come already, if any.
    package func taken() -> Signal? {
        var set = SignalSet(signals)
        var now = timespec()
        return switch sigtimedwait(&set.value, nil, &now) {
        case SIGTERM: .terminate
        case SIGINT: .interrupt
        default: nil
        }
    }
}
