internal import CLinux
internal import Glibc

/// Starts a detached thread of its own, with every signal blocked, that runs `body` and ends.
///
/// - Throws: the system's word where it grants no thread.
func startThread(named name: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
    let start = Unmanaged.passRetained(ThreadStart(name: name, body: body))
    var everySignal = sigset_t()
    var before = sigset_t()
    sigfillset(&everySignal)
    // A thread inherits the mask of the one that starts it; signals belong to the program's main thread.
    pthread_sigmask(SIG_BLOCK, &everySignal, &before)
    var thread = pthread_t()
    let error = pthread_create(&thread, nil, runThread, start.toOpaque())
    pthread_sigmask(SIG_SETMASK, &before, nil)
    guard error == 0 else {
        start.release()
        throw SystemError(number: error)
    }
    pthread_detach(thread)
}

private final class ThreadStart {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

private func runThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    let start = Unmanaged<ThreadStart>.fromOpaque(argument!).takeRetainedValue()
    pthread_setname_np(pthread_self(), start.name)
    start.body()
    return nil
}
