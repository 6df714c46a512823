/// A change of what the gateway says of a check, as one heard it who asks all the time.
package struct Sighting: Sendable {
    package let isReady: Bool
    /// When the question was sent: what the answer says was true then, or became so until it was there.
    package let asked: ContinuousClock.Instant
    package let answered: ContinuousClock.Instant

    package init(isReady: Bool, asked: ContinuousClock.Instant, answered: ContinuousClock.Instant) {
        self.isReady = isReady
        self.asked = asked
        self.answered = answered
    }
}
