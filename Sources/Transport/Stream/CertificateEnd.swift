internal import CSSL

/// When the first ends of the certificates that led from a server to an issuer that is trusted.
package struct CertificateEnd: Hashable, Sendable {
    /// Seconds since 1970 (UTC).
    package let seconds: Int64
    /// Whether it is an issuer's certificate, and not the server's own.
    package let isOfIssuer: Bool

    package init(seconds: Int64, isOfIssuer: Bool) {
        self.seconds = seconds
        self.isOfIssuer = isOfIssuer
    }
}

extension CertificateEnd {
    /// Nil before the handshake is done.
    ///
    /// - Parameter ssl: an `SSL`. Where it trusts anybody, its chain is as long as it could be made.
    init?(ofChainBehind ssl: OpaquePointer) {
        guard let chain = SSL_get0_verified_chain(ssl), let epoch = ASN1_TIME_set(nil, 0) else { return nil }
        defer { ASN1_TIME_free(epoch) }
        let ends = (0..<OPENSSL_sk_num(chain))
            .compactMap { place -> CertificateEnd? in
                let certificate = OPENSSL_sk_value(chain, place).map { OpaquePointer($0) }
                var (days, seconds): (Int32, Int32) = (0, 0)
                guard ASN1_TIME_diff(&days, &seconds, epoch, X509_get0_notAfter(certificate)) == 1 else { return nil }
                return CertificateEnd(seconds: Int64(days) * 86_400 + Int64(seconds), isOfIssuer: place > 0)
            }
        guard let first = ends.min(by: { $0.seconds < $1.seconds }) else { return nil }
        self = first
    }
}
