/// What is remembered of a request between two calls of the library, in the place that it keeps for a pointer of ours.
///
/// Being an integer it needs no memory of its own and no end.
struct RequestMark {
    private var bits: UInt

    /// `targetLength` counts to the first NUL.
    init(targetLength: Int, hasQuery: Bool) {
        bits = UInt(targetLength) << 4 | (hasQuery ? 8 : 0)
    }

    init(stored: UnsafeMutableRawPointer?) {
        bits = UInt(bitPattern: stored)
    }

    var stored: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: bits) }
    var targetLength: Int { Int(bits >> 4) }
    var hasQuery: Bool { bits & 8 != 0 }

    /// Nil until the head has been let in; what is left then is to answer.
    var method: RequestMethod? {
        get { RequestMethod(rawValue: bits & 3) }
        set { bits = bits & ~3 | (newValue?.rawValue ?? 0) }
    }

    /// Its answer is held back.
    var isHeld: Bool {
        get { bits & 4 != 0 }
        set { bits = newValue ? bits | 4 : bits & ~4 }
    }
}
