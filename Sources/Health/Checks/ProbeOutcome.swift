/// What one attempt found.
package enum ProbeOutcome: Hashable, Sendable {
    case passed(Observation = Observation())
    case failed(ProbeFailure)

    /// What a passing probe saw besides.
    package struct Observation: Hashable, Sendable {
        /// Something is near its limit, though it passes; nil for nothing.
        package var warning: ProbeFailure?

        package init(warning: ProbeFailure? = nil) {
            self.warning = warning
        }
    }

    package var failure: ProbeFailure? {
        switch self {
        case .passed: nil
        case .failed(let failure): failure
        }
    }
}
