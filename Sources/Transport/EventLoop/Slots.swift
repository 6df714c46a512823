/// Names one slot of an event loop: a descriptor that the loop watches, or just something to wait on.
///
/// A slot's number is used again, its generation never: an event, a timer or a signal that comes too late finds nobody.
package struct Token: Hashable, Sendable {
    let index: UInt32
    let generation: UInt32
}

/// What a descriptor can do without blocking.
package struct Readiness: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let readable = Readiness(rawValue: 1)
    package static let writable = Readiness(rawValue: 2)
    /// The other side will send no more, though it may still read. Never cleared: one edge may bring an answer and the
    /// end.
    static let hungUp = Readiness(rawValue: 4)
    /// The connection is gone in both directions, or an error waits to be read. Never cleared either.
    static let broken = Readiness(rawValue: 8)

    /// What ends a wait for this: also the end of the connection.
    ///
    /// For a writer only that of both directions: a peer that reads on, or does not, after it has said its last word
    /// would else be written to again and again without a pause.
    var orEnd: Readiness { union(self == .writable ? .broken : .hungUp) }
}

/// How a wait ended.
package enum Wake: Hashable, Sendable {
    /// The descriptor can do what was waited for, or has failed: the next call on it tells.
    case ready
    /// The deadline passed.
    case deadline
    /// Another task or thread called ``EventLoop/signal(_:)``.
    case signalled
    /// The waiting task was cancelled.
    case cancelled
}

/// What a slot that is attended to waits for next.
package struct Attention {
    let interest: Readiness
    let deadline: ContinuousClock.Instant

    package init(for interest: Readiness, until deadline: ContinuousClock.Instant) {
        self.interest = interest
        self.deadline = deadline
    }
}

/// Who waits on a slot.
enum Waiter {
    /// Resumed once: it is taken out of its slot before.
    case task(UnsafeContinuation<Wake, Never>)
    /// Called at each wake, without a task; says what to wait for next.
    case attendance((Wake) -> Attention?)
}

/// What an event loop knows of everything that is waited on.
struct Slots {
    struct Slot {
        var generation: UInt32
        /// -1 for a slot without a descriptor, and for a free one.
        var descriptor: Int32 = -1
        var ready: Readiness = []
        var interest: Readiness = []
        var waiter: Waiter?
        /// Whether a signal came while nobody waited.
        var isSignalled = false
        /// The place in the timers' heap, -1 for none.
        var timer = -1
    }

    private var slots: [Slot] = []
    private var free: [UInt32] = []

    /// How many are in use.
    var count: Int { slots.count - free.count }

    mutating func make(descriptor: Int32) -> Token {
        if let index = free.popLast() {
            slots[Int(index)].descriptor = descriptor
            return Token(index: index, generation: slots[Int(index)].generation)
        }
        slots.append(Slot(generation: 0, descriptor: descriptor))
        return Token(index: UInt32(slots.count - 1), generation: 0)
    }

    mutating func remove(_ token: Token) {
        slots[Int(token.index)] = Slot(generation: token.generation &+ 1)
        free.append(token.index)
    }

    func contains(_ token: Token) -> Bool {
        Int(token.index) < slots.count && slots[Int(token.index)].generation == token.generation
    }

    /// The slot of a token that is still in use.
    subscript(token: Token) -> Slot {
        _read {
            precondition(contains(token), "a token was used after its slot was removed")
            yield slots[Int(token.index)]
        }
        _modify {
            precondition(contains(token), "a token was used after its slot was removed")
            yield &slots[Int(token.index)]
        }
    }

    /// The slot at an index, whatever its generation.
    subscript(index: UInt32) -> Slot {
        _read { yield slots[Int(index)] }
        _modify { yield &slots[Int(index)] }
    }
}
