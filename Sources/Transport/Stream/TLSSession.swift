internal import CSSL
internal import Glibc

/// One TLS connection on a non-blocking socket: owns the `SSL`, not the descriptor.
struct TLSSession: ~Copyable {
    /// What a call on the session came to.
    enum Step {
        case done(Int)
        /// Nothing more will come; the other side said so.
        case end
        /// Call again when the socket is ready for this.
        case wants(Readiness)
        case failed(TransportFailure)
    }

    private let ssl: OpaquePointer
    private let context: TLSContext
    /// Whether the server has said anything in this session.
    private var hasSpoken = false
    private var hasSaidGoodbye = false

    /// - Parameter name: the name, or address literal, that the server's certificate must be for.
    init(context: TLSContext, descriptor: Int32, name: String) throws(TransportFailure) {
        guard let ssl = SSL_new(context.context) else {
            throw TransportFailure(.secure, .overloaded, lastTLSError())
        }
        // Where the name cannot be set, any name would do: then there is no session.
        guard demand(name, of: ssl) else {
            SSL_free(ssl)
            throw TransportFailure(.secure, .nameMismatch, "no certificate can be for \(name)")
        }
        SSL_set_fd(ssl, descriptor)
        SSL_set_connect_state(ssl)
        self.ssl = ssl
        self.context = context
    }

    deinit {
        SSL_free(ssl)
    }

    func handshake() -> Step {
        perform(at: .secure) { SSL_do_handshake(ssl) }
    }

    /// When the first of the server's certificates ends; nil before the handshake is done.
    var certificateEnd: CertificateEnd? { CertificateEnd(ofChainBehind: ssl) }

    /// Whether the server may still refuse us, though the handshake is done; once it has spoken, it will not.
    var isAwaitingVerdict: Bool { !hasSpoken && ClientProof(to: ssl).isAwaitingVerdict }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer, at stage: TransportFailure.Stage) -> Step {
        let step = perform(at: stage) { SSL_read(ssl, buffer.baseAddress!, Int32(clamping: buffer.count)) }
        switch step {
        case .done:
            hasSpoken = true
            return step
        // An end without a word may be all that comes of a refusal; after our goodbye it is but an answer.
        case .end where hasSaidGoodbye: return step
        case .failed(let failure) where failure.reason != .closed: return step
        case .end, .failed:
            return isAwaitingVerdict && ClientProof(to: ssl).isMissing ? .failed(.missingCertificate) : step
        case .wants: return step
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer, at stage: TransportFailure.Stage) -> Step {
        perform(at: stage) { SSL_write(ssl, bytes.baseAddress!, Int32(clamping: bytes.count)) }
    }

    /// Says goodbye, as far as the socket takes it at once.
    mutating func close() {
        hasSaidGoodbye = true
        ERR_clear_error()
        SSL_shutdown(ssl)
        ERR_clear_error()
    }

    private func perform(at stage: TransportFailure.Stage, _ call: () -> Int32) -> Step {
        ERR_clear_error()
        let result = call()
        if result > 0 { return .done(Int(result)) }
        let systemError = SystemError.last
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return .wants(.readable)
        case SSL_ERROR_WANT_WRITE: return .wants(.writable)
        case SSL_ERROR_ZERO_RETURN: return .end
        case SSL_ERROR_SYSCALL where systemError.number == 0:
            return .failed(TransportFailure(stage, .closed, "the connection ended without a goodbye"))
        case SSL_ERROR_SYSCALL: return .failed(systemError.brokenFailure(at: stage))
        default: return .failed(protocolFailure(at: stage))
        }
    }

    private func protocolFailure(at stage: TransportFailure.Stage) -> TransportFailure {
        let error = ERR_peek_last_error()
        ERR_clear_error()
        if cssl_reason(error) == SSL_R_CERTIFICATE_VERIFY_FAILED {
            return TransportFailure(certificateVerdict: SSL_get_verify_result(ssl))
        }
        return TransportFailure(tlsError: error, at: stage)
    }
}

/// Has the server's certificate checked for a name, and tells the server which; false where that is not possible.
private func demand(_ name: String, of ssl: OpaquePointer) -> Bool {
    if Address(literal: name, port: 0) != nil {
        // The scope of a link-local address is ours alone.
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), String(name.prefix { $0 != "%" })) == 1
    }
    // A trailing dot makes a name absolute for the resolver; certificates and SNI never have it (RFC 6066).
    let host = name.hasSuffix(".") ? String(name.dropLast()) : name
    return !host.isEmpty && SSL_set1_host(ssl, host) == 1 && cssl_set_server_name(ssl, host) == 1
}
