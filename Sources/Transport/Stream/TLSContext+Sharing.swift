internal import CSSL

extension TLSContext {
    /// Gives a client library's own context the same trust and the same identity, without reading a file again.
    ///
    /// - Returns: whether OpenSSL took it all.
    func share(with other: OpaquePointer) -> Bool {
        SSL_CTX_set1_cert_store(other, SSL_CTX_get_cert_store(context))
        guard let certificate = SSL_CTX_get0_certificate(context), let key = SSL_CTX_get0_privatekey(context) else {
            return true
        }
        return SSL_CTX_use_certificate(other, certificate) == 1 && SSL_CTX_use_PrivateKey(other, key) == 1
            && cssl_copy_chain(context, other) == 1
    }
}
