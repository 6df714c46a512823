internal import Transport

/// Publishes what results that change no level have left for later: together and soon, and none is forgotten.
///
/// A task of its own, since a check's task may be in its next probe by then, which may take long.
struct Publisher: Sendable {
    private let aggregator: Aggregator
    private let loop: EventLoop
    private let token: Token

    init(_ aggregator: Aggregator, on loop: isolated EventLoop) {
        self.aggregator = aggregator
        self.loop = loop
        token = loop.add()
    }

    /// Says that something waits. From any thread.
    func wake() {
        loop.signal(token)
    }

    /// Returns once the task is cancelled.
    func run(on loop: isolated EventLoop) async {
        defer { loop.remove(token) }
        while !Task.isCancelled {
            let due = aggregator.pendingPublication
            // Woken before, as by something urgent, it looks anew.
            if await loop.wait(on: token, until: due) == .deadline { aggregator.publishPending(at: loop.now) }
        }
    }
}
