internal import Health

/// What is known of all checks at one moment, by position.
///
/// Each is shared with the moments before in which it was the same: to keep a moment costs a reference a check, where a copy of
/// everything known, ten times a second, was most of what a thousand checks cost.
struct CheckStates: Sendable, RandomAccessCollection, MutableCollection {
    private final class Box: Sendable {
        let state: CheckState

        init(_ state: CheckState) {
            self.state = state
        }
    }

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
}
