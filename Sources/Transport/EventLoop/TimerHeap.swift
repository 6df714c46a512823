/// The deadlines of an event loop's slots, earliest first; a slot has one at most.
struct TimerHeap {
    private struct Timer {
        let due: Int64
        let slot: UInt32
    }

    private var timers: [Timer] = []

    /// When the first is due, in nanoseconds since the loop's origin; nil for none.
    var earliest: Int64? { timers.first?.due }

    var count: Int { timers.count }

    mutating func insert(_ slot: UInt32, due: Int64, in slots: inout Slots) {
        timers.append(Timer(due: due, slot: slot))
        rise(from: timers.count - 1, in: &slots)
    }

    mutating func remove(_ slot: UInt32, in slots: inout Slots) {
        let place = slots[slot].timer
        guard place >= 0 else { return }
        slots[slot].timer = -1
        let last = timers.removeLast()
        guard place < timers.count else { return }
        timers[place] = last
        rise(from: place, in: &slots)
        sink(from: slots[last.slot].timer, in: &slots)
    }

    /// Takes out the first timer that is due at `now`.
    mutating func popDue(at now: Int64, in slots: inout Slots) -> UInt32? {
        guard let first = timers.first, first.due <= now else { return nil }
        remove(first.slot, in: &slots)
        return first.slot
    }

    private mutating func rise(from start: Int, in slots: inout Slots) {
        let timer = timers[start]
        var place = start
        while place > 0 {
            let parent = (place - 1) / 2
            guard timer.due < timers[parent].due else { break }
            put(timers[parent], at: place, in: &slots)
            place = parent
        }
        put(timer, at: place, in: &slots)
    }

    private mutating func sink(from start: Int, in slots: inout Slots) {
        let timer = timers[start]
        var place = start
        while true {
            var child = 2 * place + 1
            guard child < timers.count else { break }
            if child + 1 < timers.count, timers[child + 1].due < timers[child].due { child += 1 }
            guard timers[child].due < timer.due else { break }
            put(timers[child], at: place, in: &slots)
            place = child
        }
        put(timer, at: place, in: &slots)
    }

    private mutating func put(_ timer: Timer, at place: Int, in slots: inout Slots) {
        timers[place] = timer
        slots[timer.slot].timer = place
    }
}
