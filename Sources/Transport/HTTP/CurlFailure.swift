internal import CCurl

extension TransportFailure {
    /// What a transfer of libcurl's failed of.
    ///
    /// - Parameters:
    ///   - stage: how far it had come.
    ///   - word: what libcurl wrote about it. It may quote the server, so it is read here and never shown.
    ///   - verdict: what OpenSSL said of the server's certificate.
    init(curl code: CURLcode, of library: libcurl, at stage: Stage, word: String, certificateVerdict verdict: Int) {
        if code == CURLE_PEER_FAILED_VERIFICATION {
            // libcurl compares the name itself, once OpenSSL is content (0) or has not been asked (1).
            self =
                verdict > 1
                ? TransportFailure(certificateVerdict: verdict)
                : TransportFailure(.secure, .nameMismatch, "the certificate is for another name")
            return
        }
        if let error = tlsError(in: word) {
            self.init(tlsError: error, at: stage)
            return
        }
        let reason: Reason =
            switch code {
            case CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_SEND_ERROR, CURLE_SSL_CONNECT_ERROR: .closed
            // A broken connection, but also what cannot be understood.
            case CURLE_RECV_ERROR: word.contains("Recv failure") || word.contains("SSL_read") ? .closed : .malformed
            case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING: .malformed
            case CURLE_OUT_OF_MEMORY: .overloaded
            case CURLE_OPERATION_TIMEDOUT: .timedOut
            default: .unexpected
            }
        self.init(stage, reason, library.curl_easy_strerror(code).map { String(cString: $0) } ?? "")
    }
}

/// The number of an OpenSSL error within a text, which has it as `error:0A00010B:…` (ERR_error_string(3)).
private func tlsError(in text: String) -> UInt? {
    let mark = "error:"
    var rest = Substring(text)
    while let start = rest.firstIndex(of: "e") {
        rest = rest[start...]
        if rest.hasPrefix(mark), let error = UInt(rest.dropFirst(mark.count).prefix(8), radix: 16) { return error }
        rest = rest.dropFirst()
    }
    return nil
}
