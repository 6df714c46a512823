internal import Glibc
internal import Synchronization

/// One descriptor kept back, so that a client can be served when the process has used up all others.
final class SpareDescriptor: Sendable {
    private let held = Atomic<Int32>(none)

    init() { restore() }

    deinit { release() }

    /// False while the process has none to spare.
    var isHeld: Bool { held.load(ordering: .relaxed) != none }

    /// Gives the descriptor up. False when it had been given up before.
    @discardableResult
    func release() -> Bool {
        let descriptor = held.exchange(none, ordering: .relaxed)
        if descriptor != none { close(descriptor) }
        return descriptor != none
    }

    /// Takes a descriptor again, if there is one.
    func restore() {
        guard !isHeld else { return }
        // The one file that is everywhere: not every root has a /dev.
        let descriptor = open("/", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        if !held.compareExchange(expected: none, desired: descriptor, ordering: .relaxed).exchanged {
            close(descriptor)
        }
    }
}

private let none: Int32 = -1
