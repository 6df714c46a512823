internal import CSSL

/// What became of a server's wish to see a certificate of ours.
struct ClientProof: Hashable {
    /// Whether it asked for one and got none.
    let isMissing: Bool
    /// Whether it asked, and has not shown yet what it thinks of the answer: in TLS 1.3 it judges when the handshake is done
    /// for us. With a ticket it says that it is content, and in any protocol with its first word.
    let isAwaitingVerdict: Bool

    /// - Parameter ssl: an `SSL` whose handshake is done; before, nothing was asked.
    init(to ssl: OpaquePointer) {
        // Only a server that asks names the signatures that it takes (RFC 8446 section 4.3.2, RFC 5246 section 7.4.4).
        let isAsked = SSL_get_sigalgs(ssl, -1, nil, nil, nil, nil, nil) > 0
        isMissing = isAsked && SSL_get_certificate(ssl) == nil
        isAwaitingVerdict =
            isAsked && SSL_version(ssl) >= TLS1_3_VERSION && SSL_SESSION_has_ticket(SSL_get_session(ssl)) == 0
    }
}
