/// What is remembered of a request between two calls of the library, in the place that it keeps for a pointer of ours.
///
/// Being an integer it needs no memory of its own and no end.
struct RequestMark {
    private var bits: UInt

    /// `targetLength` counts to the first NUL.
    init(targetLength: Int, hasQuery: Bool) {
        bits = UInt(targetLength) << 3 | (hasQuery ? 2 : 0)
    }

    init(stored: UnsafeMutableRawPointer?) {
        bits = UInt(bitPattern: stored)
    }

    var stored: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: bits) }
    var targetLength: Int { Int(bits >> 3) }
    var hasQuery: Bool { bits & 2 != 0 }

    /// The head has been let in; what is left is to answer.
    var isAccepted: Bool {
        get { bits & 1 != 0 }
        set { bits = newValue ? bits | 1 : bits & ~1 }
    }

    /// Its answer is held back.
    var isHeld: Bool {
        get { bits & 4 != 0 }
        set { bits = newValue ? bits | 4 : bits & ~4 }
    }
}
