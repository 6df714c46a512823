import Synchronization

/// Up and down in turn.
final class Flapping: Sendable {
    private let count = Mutex(0)

    func next() -> Bool {
        count.withLock { count in
            count += 1
            return count.isMultiple(of: 2)
        }
    }
}
