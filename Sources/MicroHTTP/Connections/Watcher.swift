internal import Glibc

/// Something that is looked after by a thread of its own.
protocol Watched: AnyObject, Sendable {
    /// The thread's work, until ``stopWatching()``.
    func watch()
    /// From any thread.
    func stopWatching()
}

/// The thread that looks after something, such as a ``ConnectionRegister``'s deadlines.
struct Watcher: Sendable {
    private let watched: any Watched
    private let thread: pthread_t

    /// Throws errno of pthread_create(3).
    init(_ watched: any Watched) throws(Errno) {
        var thread = pthread_t()
        let reference = Unmanaged.passRetained(Reference(watched: watched))
        let code = pthread_create(&thread, nil, watch, reference.toOpaque())
        guard code == 0 else {
            reference.release()
            throw Errno(code: code)
        }
        self.watched = watched
        self.thread = thread
    }

    /// Ends the thread and waits for its end. Once.
    func stop() {
        watched.stopWatching()
        pthread_join(thread, nil)
    }
}

/// What is watched, as one pointer.
private final class Reference {
    let watched: any Watched

    init(watched: any Watched) {
        self.watched = watched
    }
}

private func watch(_ reference: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let reference else { preconditionFailure("the thread was started with nothing to watch") }
    Unmanaged<Reference>.fromOpaque(reference).takeRetainedValue().watched.watch()
    return nil
}
