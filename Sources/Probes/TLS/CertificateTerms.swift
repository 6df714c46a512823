internal import Health
internal import Transport

/// How long a certificate must still be valid.
struct CertificateTerms: Hashable, Sendable {
    /// With less than this left the check fails, in days.
    let minDays: Int
    /// With less than this left it is a warning, in days.
    let warnDays: Int

    /// - Parameters:
    ///   - now: seconds since 1970 (UTC).
    ///   - place: for people, where the server is.
    func judge(_ end: CertificateEnd, at now: Int64, place: String) -> ProbeOutcome {
        var seen = ProbeOutcome.Observation(certificateEnd: Timestamp(end))
        let left = end.seconds - now
        let word = "\(end.isOfIssuer ? "an issuer's" : "the server's") certificate \(remainder(of: left))"
        func failure(_ reason: FailureCode.Reason) -> ProbeFailure {
            ProbeFailure(FailureCode(.secure, reason), at: place, word)
        }
        // OpenSSL says so itself, except where nobody is verified.
        if left < 0 { return .failed(failure(.expired), seen) }
        if left < Self.seconds(minDays) { return .failed(failure(.expiring), seen) }
        if left < Self.seconds(warnDays) { seen.warning = failure(.expiring) }
        return .passed(seen)
    }

    private func remainder(of left: Int64) -> String {
        switch left / Self.seconds(1) {
        case _ where left < 0: "has expired"
        case 0: "has less than a day left"
        case 1: "has 1 day left"
        case let days: "has \(days) days left"
        }
    }

    private static func seconds(_ days: Int) -> Int64 { Int64(days) * 86_400 }
}
