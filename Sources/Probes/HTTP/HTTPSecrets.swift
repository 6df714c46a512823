internal import Configuration
internal import Health
internal import Transport

/// The parts of a request that may be secret, and may lie in files that change.
struct HTTPSecrets: Hashable, Sendable {
    /// What the `Authorization` header says (RFC 7617, RFC 6750).
    enum Authorization: Hashable, Sendable {
        /// `user:password` as one secret.
        case basic(SecretSource)
        case user(String, password: SecretSource?)
        case bearer(SecretSource)
    }

    var headers: [NamedSecret] = []
    var authorization: Authorization?
    var body: SecretSource?

    /// The files in which they lie.
    var files: [String] {
        let authorization: SecretSource? =
            switch self.authorization {
            case .basic(let source), .bearer(let source): source
            case .user(_, let password): password
            case nil: nil
            }
        return (headers.map(\.value) + [authorization, body].compactMap(\.self)).compactMap(\.file)
    }

    /// Puts the secrets, as they are now, into a request.
    ///
    /// Throws `configure.*` for a file that cannot be read or holds what no header can.
    func fill(
        _ request: inout HTTPRequest,
        with network: Network,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(ProbeFailure) {
        for header in headers {
            let value = try await header.value.reveal(with: network, until: deadline, on: loop)
            request.headers.append(try makeHeader(header.name, value))
        }
        if let authorization {
            let value = try await self.value(of: authorization, with: network, until: deadline, on: loop)
            request.headers.append(try makeHeader("Authorization", value))
        }
        request.body = try await body?.reveal(with: network, until: deadline, on: loop).utf8.map(\.self)
    }

    private func value(
        of authorization: Authorization,
        with network: Network,
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async throws(ProbeFailure) -> String {
        switch authorization {
        case .basic(let source):
            return "Basic \(base64(try await source.reveal(with: network, until: deadline, on: loop)))"
        case .user(let user, let source):
            let password = try await source?.reveal(with: network, until: deadline, on: loop) ?? ""
            return "Basic \(base64("\(user):\(password)"))"
        case .bearer(let source):
            return "Bearer \(try await source.reveal(with: network, until: deadline, on: loop))"
        }
    }

    private func makeHeader(_ name: String, _ value: String) throws(ProbeFailure) -> HTTPHeader {
        guard let header = HTTPHeader(name, value) else {
            throw ProbeFailure(FailureCode(.configure, .malformed), at: name, "a header cannot hold control characters")
        }
        return header
    }
}

/// RFC 4648 section 4.
private func base64(_ text: String) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = (0..<3).reduce(0) { $0 << 8 | (start + $1 < bytes.count ? Int(bytes[start + $1]) : 0) }
        let used = min(3, bytes.count - start) + 1
        result += (0..<4).map { $0 < used ? alphabet[group >> (18 - 6 * $0) & 63] : UInt8(ascii: "=") }
    }
    return String(decoding: result, as: UTF8.self)
}
