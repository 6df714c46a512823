internal import CSSL
internal import Glibc

/// What a TLS connection is to trust and to show: one `SSL_CTX`, shared by all streams of the checks that agree on it.
///
/// TLS 1.2 at least. Made where blocking is allowed: reading Debian's bundle of issuers takes 34 ms.
package final class TLSContext: Sendable {
    /// Whose word is taken for a server's identity.
    package enum Trust: Hashable, Sendable {
        /// The system's issuers.
        case system
        /// The issuers in a PEM file.
        case file(String)
        /// Anybody's: encrypted, but not authenticated.
        case anyone
    }

    /// Our own certificate and its key, as PEM files.
    package struct Identity: Hashable, Sendable {
        package let certificate: String
        package let key: String

        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// Shared among threads without a lock of ours: written only in `init`, and OpenSSL counts and locks its own state.
    nonisolated(unsafe) let context: OpaquePointer
    let verifiesPeer: Bool

    /// - Throws: `configure.not_found`, `.denied` or `.malformed` naming the file that cannot be used.
    package init(trust: Trust = .system, identity: Identity? = nil) throws(TransportFailure) {
        guard let context = SSL_CTX_new(TLS_client_method()) else {
            throw TransportFailure(.configure, .unexpected, "OpenSSL gives no context: \(lastTLSError())")
        }
        self.context = context
        verifiesPeer = trust != .anyone
        _ = cssl_set_min_version(context, TLS1_2_VERSION)
        _ = cssl_release_buffers(context)
        // Nothing is resumed: a session kept from before would hide that the certificate has changed.
        _ = SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, Int(SSL_SESS_CACHE_OFF), nil)
        SSL_CTX_set_verify(context, verifiesPeer ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nil)
        switch trust {
        case .anyone: break
        case .system: SystemIssuers.trust(in: context)
        case .file(let path):
            guard SSL_CTX_load_verify_locations(context, path, nil) == 1 else { throw unusable(path) }
        }
        guard let identity else { return }
        guard SSL_CTX_use_certificate_chain_file(context, identity.certificate) == 1 else {
            throw unusable(identity.certificate)
        }
        guard SSL_CTX_use_PrivateKey_file(context, identity.key, SSL_FILETYPE_PEM) == 1 else {
            throw unusable(identity.key)
        }
        guard SSL_CTX_check_private_key(context) == 1 else {
            throw TransportFailure(.configure, .malformed, "\(identity.key): not the key of \(identity.certificate)")
        }
    }

    deinit {
        SSL_CTX_free(context)
    }
}

/// Why a file cannot be used: the system's word where it cannot be read, else OpenSSL's.
private func unusable(_ path: String) -> TransportFailure {
    let word = lastTLSError()
    guard access(path, R_OK) != 0 else { return TransportFailure(.configure, .malformed, "\(path): \(word)") }
    let error = SystemError.last
    let reason: TransportFailure.Reason =
        switch error.number {
        case ENOENT, ENOTDIR: .notFound
        case EACCES: .denied
        default: .unexpected
        }
    return TransportFailure(.configure, reason, "\(path): \(error)")
}

/// The text of the latest error of the calling thread; empties the thread's queue.
func lastTLSError() -> String {
    let error = ERR_peek_last_error()
    ERR_clear_error()
    guard error != 0 else { return "no reason given" }
    return ERR_reason_error_string(error).map { String(cString: $0) } ?? "error \(error)"
}
