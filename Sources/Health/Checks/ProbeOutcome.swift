/// What one attempt found.
///
/// Indirect, as it is handed through many calls, whose stacks would hold it many times over.
package indirect enum ProbeOutcome: Hashable, Sendable {
    case passed(Observation = Observation())
    case failed(ProbeFailure, Observation = Observation())

    /// What a probe saw besides.
    package struct Observation: Hashable, Sendable {
        /// Something is near its limit, though it passes; nil for nothing.
        package var warning: ProbeFailure?
        /// When the first of the certificates that the server was trusted by ends; nil where none was seen.
        package var certificateEnd: Timestamp?
        /// Nil where it was not asked for, or the probe did not come so far.
        package var replication: Replication?

        package init(
            warning: ProbeFailure? = nil,
            certificateEnd: Timestamp? = nil,
            replication: Replication? = nil
        ) {
            self.warning = warning
            self.certificateEnd = certificateEnd
            self.replication = replication
        }
    }

    package var failure: ProbeFailure? {
        switch self {
        case .passed: nil
        case .failed(let failure, _): failure
        }
    }

    package var observation: Observation {
        switch self {
        case .passed(let observation), .failed(_, let observation): observation
        }
    }
}
