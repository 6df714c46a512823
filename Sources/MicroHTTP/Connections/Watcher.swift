internal import Glibc

/// The thread that keeps a ``ConnectionRegister``'s deadlines.
struct Watcher: Sendable {
    private let register: ConnectionRegister
    private let thread: pthread_t

    /// Throws errno of pthread_create(3).
    init(register: ConnectionRegister) throws(Errno) {
        var thread = pthread_t()
        let reference = Unmanaged.passRetained(register)
        let code = pthread_create(&thread, nil, watch, reference.toOpaque())
        guard code == 0 else {
            reference.release()
            throw Errno(code: code)
        }
        self.register = register
        self.thread = thread
    }

    /// Ends the thread and waits for its end. Once.
    func stop() {
        register.stopWatching()
        pthread_join(thread, nil)
    }
}

private func watch(_ reference: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let reference else { preconditionFailure("the thread was started without its register") }
    Unmanaged<ConnectionRegister>.fromOpaque(reference).takeRetainedValue().watch()
    return nil
}
