internal import CSSL

extension TransportFailure {
    static let missingCertificate = TransportFailure(
        .secure,
        .required,
        "the server asked for a certificate, got none, and ended the conversation"
    )

    /// Why a server's certificate was not accepted.
    ///
    /// - Parameter verdict: what X509_verify_cert(3) came to.
    init(certificateVerdict verdict: Int) {
        let reason: Reason =
            switch Int32(truncatingIfNeeded: verdict) {
            case X509_V_ERR_CERT_HAS_EXPIRED: .expired
            case X509_V_ERR_CERT_NOT_YET_VALID: .notYetValid
            case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: .nameMismatch
            default: .untrusted
            }
        self.init(.secure, reason, String(cString: X509_verify_cert_error_string(verdict)))
    }

    /// What a reason of OpenSSL's, other than a certificate that was not accepted, says of the conversation.
    init(tlsReason reason: Int32, at stage: Stage, _ word: String) {
        switch reason {
        case SSL_R_UNEXPECTED_EOF_WHILE_READING:
            self.init(stage, .closed, word)
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
            self.init(.secure, .unsupported, word)
        case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED, SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
            self.init(.secure, .required, word)
        case SSL_R_TLSV1_ALERT_UNKNOWN_CA, SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN,
            SSL_R_TLSV1_ALERT_ACCESS_DENIED:
            self.init(.secure, .denied, word)
        default:
            self.init(stage, .malformed, word)
        }
    }

    /// The same for an error of OpenSSL's as a number, whose lower bits are the reason.
    init(tlsError error: UInt, at stage: Stage) {
        let word = ERR_reason_error_string(error).map { String(cString: $0) } ?? "TLS error \(error)"
        self.init(tlsReason: cssl_reason(error), at: stage, word)
    }
}
