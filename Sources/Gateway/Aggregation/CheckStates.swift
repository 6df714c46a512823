internal import Health

/// What is known of all checks at one moment, by position.
///
/// Each is shared with the moments before in which it was the same: to keep a moment costs a reference a check, where a copy of
/// everything known, ten times a second, was most of what a thousand checks cost.
struct CheckStates: Sendable, RandomAccessCollection, MutableCollection {
    private final class Box: Sendable {
        let state: CheckState
        /// The first change that the state was ever to make by itself, from ``origin`` on; nil for none.
        let firstChange: Duration?

        init(_ state: CheckState) {
            self.state = state
            firstChange = state.nextChange(after: distantPast).map { origin.duration(to: $0) }
        }
    }

    /// From which the moments in the boxes are reckoned.
    private static let origin = ContinuousClock.now
    private static let distantPast = origin - .seconds(1 << 32)

    private var boxes: [Box]

    init(_ states: some Sequence<CheckState>) {
        boxes = states.map(Box.init)
    }

    var startIndex: Int { boxes.startIndex }
    var endIndex: Int { boxes.endIndex }

    /// Lent, not copied.
    subscript(position: Int) -> CheckState {
        _read { yield boxes[position].state }
        set { boxes[position] = Box(newValue) }
    }

    /// When any of these checks changes its level by itself; nil for never.
    ///
    /// Each publication asks this of all checks, so that to ask each state anew was half of what it cost.
    func nextChange(of checks: [Int], after now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        let moment = Self.origin.duration(to: now)
        var next: Duration?
        for check in checks {
            guard var change = boxes[check].firstChange else { continue }
            if change <= moment {
                guard let later = self[check].nextChange(after: now) else { continue }
                change = Self.origin.duration(to: later)
            }
            next = next.map { Swift.min($0, change) } ?? change
        }
        return next.map { Self.origin + $0 }
    }
}
