internal import Glibc
internal import Transport

// libpq has no codes for what it finds itself, only texts. They are its own, in English as long as nobody calls
// setlocale(), and matched in the wording of libpq 15 (src/interfaces/libpq of PostgreSQL 15).

extension TransportFailure {
    /// Reads libpq's account of a login that failed on our side of the wire.
    init(loginText text: String, isEncrypted: Bool) {
        let last = lastAttempt(in: text)
        let isSecuring = isEncrypted || last.holds("SSL error") || last.holds("SSL SYSCALL")
        let known =
            fileFailures.first { last.holds($0.text) } ?? loginFailures.first { last.holds($0.text) }
        if let known {
            let stage = known.stage == .login && isSecuring && known.reason == .closed ? .secure : known.stage
            self.init(stage, known.reason, last)
        } else if let reason = connectReason(of: last) {
            self.init(.connect, reason, last)
        } else if last.holds("SSL error") {
            self.init(.secure, .malformed, last)
        } else {
            self.init(.login, .unexpected, last)
        }
    }

    /// Reads libpq's account of an exchange that broke off.
    init(exchangeText text: String) {
        let line = firstLine(of: text)
        let isMalformed = malformedTexts.contains { line.holds($0) }
        let isTimedOut = line.holds(String(cString: strerror(ETIMEDOUT)))
        self.init(.exchange, isMalformed ? .malformed : isTimedOut ? .timedOut : .closed, line)
    }
}

private typealias Known = (text: String, stage: TransportFailure.Stage, reason: TransportFailure.Reason)

/// What is wrong with a file that the user named.
private let fileFailures: [Known] = [
    ("\" does not exist", .configure, .notFound),
    ("could not read root certificate file", .configure, .malformed),
    ("could not open certificate file", .configure, .notFound),
    ("could not read certificate file", .configure, .malformed),
    ("has group or world access", .configure, .denied),
    ("could not load private key file", .configure, .malformed),
    ("certificate does not match private key file", .configure, .malformed),
    ("certificate present, but not private key file", .configure, .notFound),
]

private let loginFailures: [Known] =
    [
        ("server does not support SSL", .secure, .unsupported),
        ("certificate verify failed", .secure, .untrusted),
        ("does not match host name", .secure, .nameMismatch),
        ("certificate required", .secure, .required),
        ("alert handshake failure", .secure, .required),
        ("alert unknown ca", .secure, .denied),
        ("alert bad certificate", .secure, .denied),
        ("alert certificate unknown", .secure, .denied),
        ("unsupported protocol", .secure, .unsupported),
        ("alert protocol version", .secure, .unsupported),
        ("received unencrypted data after SSL response", .secure, .malformed),
        ("received invalid response to SSL negotiation", .login, .malformed),
        ("authentication method", .login, .unsupported),
        ("SASL authentication mechanisms are supported", .login, .unsupported),
        ("GSSAPI", .login, .unsupported),
        ("SSPI", .login, .unsupported),
        ("server closed the connection unexpectedly", .login, .closed),
        ("EOF detected", .login, .closed),
        ("Connection reset by peer", .login, .closed),
        ("Broken pipe", .login, .closed),
        ("expected authentication request", .login, .malformed),
        ("expected SASL response", .login, .malformed),
        ("malformed SCRAM message", .login, .malformed),
        ("invalid SCRAM response", .login, .malformed),
        ("invalid server signature", .login, .malformed),
        ("incorrect server signature", .login, .malformed),
        ("invalid authentication request", .login, .malformed),
    ] + malformedTexts.map { ($0, .login, .malformed) }

private let malformedTexts = [
    "lost synchronization with server", "message contents do not agree with length", "unexpected response",
    "unexpected message", "invalid message", "insufficient data", "unexpected character", "unexpected asyncStatus",
    "out of memory",
]

/// What a connection attempt came to, by the system's text for it.
private func connectReason(of text: String) -> TransportFailure.Reason? {
    let reasons: [(Int32, TransportFailure.Reason)] = [
        (ECONNREFUSED, .refused), (ENETUNREACH, .unreachable), (EHOSTUNREACH, .unreachable),
        (EADDRNOTAVAIL, .unreachable), (EAFNOSUPPORT, .unreachable), (ETIMEDOUT, .timedOut), (ENOENT, .notFound),
        (EACCES, .denied), (EPERM, .denied), (EAGAIN, .overloaded), (EMFILE, .overloaded), (ENFILE, .overloaded),
    ]
    return reasons.first { text.holds(String(cString: strerror($0.0))) }?.1
}

/// The last of a login's attempts, without libpq's words on where it went and its advice on the lines after.
private func lastAttempt(in text: String) -> String {
    text.withCString { text in
        var attempt = text
        while let next = strstr(attempt, attemptStart) { attempt = UnsafePointer(next) + attemptStart.utf8.count }
        let word = strstr(attempt, attemptEnd).map { UnsafePointer($0) + attemptEnd.utf8.count } ?? attempt
        return firstLine(of: String(cString: word))
    }
}

private let attemptStart = "connection to server "
private let attemptEnd = " failed: "

extension String {
    /// As `contains`, at a tenth of the price: while a server is down, most of a probe's time went there.
    fileprivate func holds(_ words: String) -> Bool { strstr(self, words) != nil }
}

private func firstLine(of text: String) -> String {
    String(text.prefix { $0 != "\n" })
}
