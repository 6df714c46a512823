/// A moment by the wall clock, in milliseconds since 1970 (UTC); only ever shown, never reckoned with.
package struct Timestamp: Hashable, Sendable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }
}
