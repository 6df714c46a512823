extension HTTPRequest {
    /// The request that follows a redirect; nil for an answer that is none, or leads where we do not go.
    ///
    /// Only `GET` and `HEAD` are redirected, and only to `http` and `https`. Another origin gets no header and no body of
    /// ours and not our certificate; behind a unix socket there is no other origin.
    ///
    /// - Parameter tls: what a server of another origin is to prove.
    package func redirected(by response: HTTPResponse, tlsElsewhere tls: TLSContext?) -> HTTPRequest? {
        guard [301, 302, 303, 307, 308].contains(response.status), method == "GET" || method == "HEAD",
            let location = response.location, let next = url.redirected(to: location)
        else { return nil }
        if next.hasSameOrigin(as: url) {
            var request = self
            request.url = next
            return request
        }
        guard socketPath == nil, !next.isSecure || tls != nil else { return nil }
        return HTTPRequest(method: method, url: next, tls: tls)
    }
}
