internal import Glibc
internal import Synchronization

/// One descriptor kept back, so that a client can be served when the process has used up all others.
final class SpareDescriptor: Sendable {
    private let held = Mutex<Int32?>(nil)

    init() { restore() }

    deinit { release() }

    /// Gives the descriptor up. False when it had been given up before.
    @discardableResult
    func release() -> Bool {
        held.withLock { held in
            guard let descriptor = held else { return false }
            close(descriptor)
            held = nil
            return true
        }
    }

    /// Takes a descriptor again, if there is one.
    func restore() {
        held.withLock { held in
            guard held == nil else { return }
            let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
            if descriptor >= 0 { held = descriptor }
        }
    }
}
