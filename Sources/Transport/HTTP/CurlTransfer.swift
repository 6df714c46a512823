internal import CCurl

/// One exchange of HTTP by libcurl over a socket that is connected already; owns libcurl's handles.
///
/// libcurl speaks TLS and HTTP and nothing else: it gets no name to look up, no file to read, no proxy and no cookie.
/// Only to a unix socket it connects itself. Its time-outs are our deadline.
final class CurlTransfer {
    private let curl: libcurl
    private let easy: UnsafeMutableRawPointer
    private let multi: UnsafeMutableRawPointer
    private var lists: [UnsafeMutablePointer<curl_slist>?] = []
    /// Where libcurl writes what OpenSSL said.
    private let word = UnsafeMutableBufferPointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private let answer: CurlAnswer
    private let isSecure: Bool
    /// Whether libcurl connects, and not we.
    private let connects: Bool

    /// - Parameters:
    ///   - socket: connected to the address; nil exactly for the address of a unix socket.
    /// - Throws: `connect.overloaded` where there is no memory or no descriptor left, `configure.*` where there is no libcurl.
    init(
        _ request: HTTPRequest,
        to address: Address,
        over socket: consuming Descriptor?,
        userAgent: String,
        on loop: isolated EventLoop
    ) throws(TransportFailure) {
        connects = socket == nil
        let tls = request.url.isSecure ? request.tls : nil
        precondition(!request.url.isSecure || tls != nil, "a secure request says whom it trusts")
        curl = try libcurl.loaded()
        answer = try CurlAnswer(curl, socket: socket, tls: tls, on: loop)
        isSecure = request.url.isSecure
        guard let easy = curl.curl_easy_init() else {
            throw TransportFailure(.connect, .overloaded, "libcurl gives no handle")
        }
        guard let multi = curl.curl_multi_init() else {
            curl.curl_easy_cleanup(easy)
            throw TransportFailure(.connect, .overloaded, "libcurl gives no handle")
        }
        (self.easy, self.multi) = (easy, multi)
        word.initialize(repeating: 0)
        _ = ccurl_set_pointer(curl, easy, CURLOPT_ERRORBUFFER, word.baseAddress)
        answer.attach(easy: easy, multi: multi)
        limitToHTTP()
        set(CURLOPT_USERAGENT, userAgent)
        setURL(of: request)
        setAddress(address, port: request.url.port)
        setContent(of: request)
        if let tls { setTrust(tls) }
    }

    deinit {
        _ = curl.curl_multi_remove_handle(multi, easy)
        curl.curl_easy_cleanup(easy)
        _ = curl.curl_multi_cleanup(multi)
        for list in lists { curl.curl_slist_free_all(list) }
        word.deallocate()
    }

    /// Sends the request and takes the answer.
    ///
    /// - Throws: `secure.*` and `exchange.*`.
    func run(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async throws(TransportFailure)
        -> HTTPResponse
    {
        try check(curl.curl_multi_add_handle(multi, easy))
        var running: Int32 = 1
        while running > 0 {
            guard loop.now < deadline else { throw TransportFailure(stage, .timedOut) }
            if answer.takeTimer() {
                try check(curl.curl_multi_socket_action(multi, CURL_SOCKET_BAD, 0, &running))
                continue
            }
            var ready: [(socket: Int32, Readiness)] = []
            let patience = min(deadline, answer.timer ?? deadline)
            switch await answer.pollSet.wait(until: patience, on: loop, { ready.append(($0, $1)) }) {
            case .ready, .signalled, .deadline: break
            case .cancelled: throw TransportFailure(stage, .closed, "cancelled")
            }
            for (socket, readiness) in ready {
                try check(curl.curl_multi_socket_action(multi, socket, readiness.curlEvents, &running))
                answer.noteSecurity()
            }
        }
        var result = CURLE_OK
        guard ccurl_result(curl, multi, &result) != 0 else { throw TransportFailure(stage, .unexpected, "no result") }
        return try response(after: result)
    }

    /// How far libcurl has come.
    private var stage: TransportFailure.Stage {
        if connects, ccurl_big_number(curl, easy, CURLINFO_CONNECT_TIME_T) == 0 { return .connect }
        return isSecure && ccurl_big_number(curl, easy, CURLINFO_APPCONNECT_TIME_T) == 0 ? .secure : .exchange
    }

    private func check(_ code: CURLMcode) throws(TransportFailure) {
        guard code == CURLM_OK else {
            throw TransportFailure(stage, .unexpected, String(cString: curl.curl_multi_strerror(code)!))
        }
    }

    private func response(after result: CURLcode) throws(TransportFailure) -> HTTPResponse {
        guard !answer.isHeadTooLong else {
            throw TransportFailure(.exchange, .malformed, "a head of more than \(HTTPResponse.longestHead) bytes")
        }
        guard result != CURLE_COULDNT_CONNECT else {
            throw SystemError(number: Int32(truncatingIfNeeded: ccurl_number(curl, easy, CURLINFO_OS_ERRNO)))
                .connectFailure
        }
        guard result == CURLE_OK || (result == CURLE_WRITE_ERROR && answer.isBodyTruncated) else {
            let failure = TransportFailure(
                curl: result,
                of: curl,
                at: stage,
                word: String(cString: word.baseAddress!),
                certificateVerdict: ccurl_number(curl, easy, CURLINFO_SSL_VERIFYRESULT)
            )
            throw failure.reason == .closed && answer.endsForWantOfCertificate ? .missingCertificate : failure
        }
        let status = ccurl_number(curl, easy, CURLINFO_RESPONSE_CODE)
        // libcurl calls it a success when the connection ends within the head.
        guard answer.isHeadComplete, status >= 200 else {
            throw TransportFailure(.exchange, .closed, "the answer ended within its head")
        }
        return HTTPResponse(
            status: status,
            location: answer.location,
            body: answer.body,
            isTruncated: answer.isBodyTruncated,
            certificateEnd: answer.certificateEnd,
            lacksCertificate: answer.clientProof?.isMissing ?? false
        )
    }
}

// MARK: - Options

extension CurlTransfer {
    private func set(_ option: CURLoption, _ number: Int) {
        verify(ccurl_set_number(curl, easy, option, number), option)
    }

    private func set(_ option: CURLoption, _ text: String?) {
        verify(ccurl_set_text(curl, easy, option, text), option)
    }

    private func set(_ option: CURLoption, _ lines: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines { list = curl.curl_slist_append(list, line) ?? list }
        lists.append(list)
        verify(ccurl_set_list(curl, easy, option, list), option)
    }

    private func verify(_ code: CURLcode, _ option: CURLoption) {
        precondition(code == CURLE_OK, "libcurl does not take option \(option.rawValue): \(code.rawValue)")
    }

    /// Turns off whatever libcurl does besides one exchange.
    private func limitToHTTP() {
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        set(CURLOPT_HTTP09_ALLOWED, 0)
        // Else the environment may name one.
        set(CURLOPT_PROXY, "")
        set(CURLOPT_NOSIGNAL, 1)
        // It never looks a name up here; if it ever did, it would not wait for the thread that does.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_FRESH_CONNECT, 1)
        set(CURLOPT_FORBID_REUSE, 1)
        set(CURLOPT_BUFFERSIZE, 16_384)
    }

    private func setURL(of request: HTTPRequest) {
        let url = request.url
        // The scope of a link-local address is a matter for the connection, which stands.
        var host = String((request.serverName ?? url.host).prefix { $0 != "%" })
        // A trailing dot makes a name absolute for the resolver; certificates and SNI never have it (RFC 6066).
        if isSecure, host.hasSuffix(".") { host.removeLast() }
        if host.utf8.contains(UInt8(ascii: ":")) { host = "[\(host)]" }
        set(CURLOPT_URL, "\(isSecure ? "https" : "http")://\(host):\(url.port)/")
        set(CURLOPT_REQUEST_TARGET, url.target)
    }

    private func setAddress(_ address: Address, port: UInt16) {
        guard case .unix(let path) = address else {
            // So that it looks no name up, whatever it makes of the URL's host.
            let host = address.host.prefix { $0 != "%" }
            return set(CURLOPT_RESOLVE, ["*:\(port):\(address.isIPv6 ? "[\(host)]" : host)"])
        }
        if path.hasPrefix("@") {
            set(CURLOPT_ABSTRACT_UNIX_SOCKET, String(path.dropFirst()))
        } else {
            set(CURLOPT_UNIX_SOCKET_PATH, path)
        }
    }

    private func setContent(of request: HTTPRequest) {
        if request.method == "HEAD" { set(CURLOPT_NOBODY, 1) }
        if let body = request.body {
            set(CURLOPT_POSTFIELDSIZE, body.count)
            body.withUnsafeBytes { body in
                verify(
                    ccurl_set_pointer(
                        curl,
                        easy,
                        CURLOPT_COPYPOSTFIELDS,
                        UnsafeMutableRawPointer(mutating: body.baseAddress)
                    ),
                    CURLOPT_COPYPOSTFIELDS
                )
            }
        }
        set(CURLOPT_CUSTOMREQUEST, request.method)
        let given = Set(request.headers.map { $0.name.lowercased() })
        var lines = request.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        // A name alone takes away what libcurl would send by itself.
        let defaults = [
            ("host", "Host: \(request.url.authority)"), ("connection", "Connection: close"), ("expect", "Expect:"),
            ("content-type", "Content-Type:"),
        ]
        lines += defaults.compactMap { name, line in given.contains(name) ? nil : line }
        set(CURLOPT_HTTPHEADER, lines)
    }

    private func setTrust(_ tls: TLSContext) {
        set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        set(CURLOPT_SSL_VERIFYPEER, tls.verifiesPeer ? 1 : 0)
        set(CURLOPT_SSL_VERIFYHOST, tls.verifiesPeer ? 2 : 0)
        set(CURLOPT_SSL_SESSIONID_CACHE, 0)
        // The issuers come out of the context, read once; libcurl would parse Debian's 139 at every probe.
        set(CURLOPT_CAINFO, nil as String?)
        set(CURLOPT_CAPATH, nil as String?)
    }
}

extension Readiness {
    /// As libcurl's bits.
    fileprivate var curlEvents: Int32 {
        (contains(.readable) ? CURL_CSELECT_IN : 0) | (contains(.writable) ? CURL_CSELECT_OUT : 0)
            | (contains(.hungUp) ? CURL_CSELECT_ERR : 0)
    }
}
