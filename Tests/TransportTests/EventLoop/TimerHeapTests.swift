import Testing

@testable import Transport

struct TimerHeapTests {
    @Test(
        "Timers come out in order, whatever was put in and taken out before",
        arguments: 1...20 as ClosedRange<UInt64>
    )
    func property(seed: UInt64) {
        var random = Numbers(seed: seed)
        var slots = Slots()
        var heap = TimerHeap()
        let tokens = (0..<64).map { _ in slots.make(descriptor: -1) }
        // What a plain list would say: each slot's deadline.
        var expected: [UInt32: Int64] = [:]
        for _ in 0..<5000 {
            let slot = tokens.randomElement(using: &random)!.index
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5 where expected[slot] == nil:
                let due = Int64.random(in: 0..<100, using: &random)
                heap.insert(slot, due: due, in: &slots)
                expected[slot] = due
            case 0..<8:
                heap.remove(slot, in: &slots)
                expected[slot] = nil
            default:
                let now = Int64.random(in: 0..<100, using: &random)
                let popped = heap.popDue(at: now, in: &slots)
                if let popped {
                    #expect(expected[popped] == expected.values.min())
                    expected[popped] = nil
                } else {
                    #expect(expected.values.min() ?? .max > now)
                }
            }
            #expect(heap.count == expected.count && heap.earliest == expected.values.min())
        }
        while let popped = heap.popDue(at: .max, in: &slots) {
            #expect(expected[popped] == expected.values.min())
            expected[popped] = nil
        }
        #expect(expected.isEmpty && heap.count == 0 && heap.earliest == nil)
        #expect(tokens.allSatisfy { slots[$0].timer == -1 })
    }
}

/// Random numbers that are the same for the same seed (Steele, Lea, Flood: SplitMix64).
private struct Numbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
