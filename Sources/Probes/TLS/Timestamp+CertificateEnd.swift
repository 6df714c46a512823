internal import Health
internal import Transport

extension Timestamp {
    init(_ end: CertificateEnd) {
        self.init(milliseconds: end.seconds * 1000)
    }
}
