package import Health
package import Transport

extension ProbeFailure {
    /// The same failure in the words of the codes, which are the same names.
    package init(_ failure: TransportFailure, at place: String) {
        guard let stage = FailureCode.Stage(rawValue: failure.stage.rawValue),
            let reason = FailureCode.Reason(rawValue: failure.reason.rawValue)
        else { preconditionFailure("the transport fails with a word that is no failure code: \(failure)") }
        self.init(FailureCode(stage, reason), at: place, failure.detail)
    }
}
