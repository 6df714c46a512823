internal import Synchronization

/// A value that only one thread at a time can reach: `Mutex`, put so that ThreadSanitizer follows it.
///
/// A thread that has to wait for a `Mutex` gets it inside libswiftSynchronization (`_lockSlow`, a futex), which is not
/// instrumented: the sanitizer then sees no order between the two holders and reports races that are none. The release
/// and acquire here state that order in code which is. To go when `Mutex` is understood by itself.
struct Guarded<Value>: ~Copyable, Sendable {
    private let mutex: Mutex<Value>
    private let order = Atomic(0)

    init(_ value: consuming sending Value) {
        mutex = Mutex(value)
    }

    /// Keep it short: nothing that waits, no call into code that may come back here.
    borrowing func withLock<Result>(_ body: (inout sending Value) -> sending Result) -> sending Result {
        mutex.withLock { value in
            _ = order.load(ordering: .acquiring)
            defer { order.store(0, ordering: .releasing) }
            return body(&value)
        }
    }
}
