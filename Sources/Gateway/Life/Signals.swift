internal import Glibc

/// The signals that steer the gateway, taken one by one on the program's main thread.
package struct Signals {
    enum Signal {
        /// SIGTERM.
        case terminate
        /// SIGINT.
        case interrupt
        /// SIGHUP.
        case hangUp
        /// SIGCHLD.
        case child
    }

    private var set = sigset_t()

    /// Blocks them for the calling thread and all that it starts from now on: call it before any other thread is there.
    package init() {
        sigemptyset(&set)
        for signal in [SIGTERM, SIGINT, SIGHUP, SIGCHLD] { sigaddset(&set, signal) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Blocks the calling thread until one comes; nil where none does in time.
    func next(within patience: Duration) -> Signal? {
        let (seconds, attoseconds) = max(.zero, patience).components
        var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        var set = set
        return switch sigtimedwait(&set, nil, &time) {
        case SIGTERM: .terminate
        case SIGINT: .interrupt
        case SIGHUP: .hangUp
        case SIGCHLD: .child
        default: nil
        }
    }
}
