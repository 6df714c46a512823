import Health
import Testing
import Transport

@testable import Probes

/// What the time that is left makes of a certificate.
struct CertificateTermsTests {
    private static let now: Int64 = 1_772_366_405
    private static let day: Int64 = 86_400

    @Test(
        "Days left, counted to the second",
        arguments: [
            (8 * day, "passed", nil), (7 * day, "passed", nil),
            (7 * day - 1, "warned", "mail:25: secure.expiring: the server's certificate has 6 days left"),
            (3 * day, "warned", "mail:25: secure.expiring: the server's certificate has 3 days left"),
            (3 * day - 1, "failed", "mail:25: secure.expiring: the server's certificate has 2 days left"),
            (day, "failed", "mail:25: secure.expiring: the server's certificate has 1 day left"),
            (0, "failed", "mail:25: secure.expiring: the server's certificate has less than a day left"),
            (-1, "failed", "mail:25: secure.expired: the server's certificate has expired"),
        ] as [(Int64, String, String?)]
    )
    func days(left: Int64, verdict: String, sentence: String?) {
        let end = CertificateEnd(seconds: Self.now + left, isOfIssuer: false)
        let outcome = CertificateTerms(minDays: 3, warnDays: 7).judge(end, at: Self.now, place: "mail:25")
        let (failure, seen) = (outcome.failure, outcome.observation)
        #expect((failure == nil ? seen.warning == nil ? "passed" : "warned" : "failed") == verdict)
        #expect((failure ?? seen.warning)?.sentence == sentence)
        #expect(seen.certificateEnd == Timestamp(milliseconds: end.seconds * 1000))
    }

    @Test("An issuer's certificate is called so")
    func issuer() {
        let end = CertificateEnd(seconds: Self.now + Self.day, isOfIssuer: true)
        let outcome = CertificateTerms(minDays: 0, warnDays: 7).judge(end, at: Self.now, place: "")
        #expect(outcome.observation.warning?.detail == "an issuer's certificate has 1 day left")
    }

    @Test("Zero days ask for nothing but a certificate that has not expired")
    func zero() {
        let end = CertificateEnd(seconds: Self.now, isOfIssuer: false)
        let outcome = CertificateTerms(minDays: 0, warnDays: 0).judge(end, at: Self.now, place: "")
        #expect(outcome.failure == nil && outcome.observation.warning == nil)
    }
}
