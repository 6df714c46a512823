internal import CLinux
internal import Glibc

/// Some signals, as the system's calls take them.
///
/// Only within functions: in the layout of a type that other targets see, C's set would bring its module to them.
struct SignalSet {
    var value = sigset_t()

    init(_ signals: [Int32]) {
        sigemptyset(&value)
        for signal in signals { sigaddset(&value, signal) }
    }
}

/// Whether a signal is ignored by this process.
func isIgnored(_ signal: Int32) -> Bool {
    var action = sigaction()
    sigaction(signal, nil, &action)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
}
