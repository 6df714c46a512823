internal import CCurl

/// What an `http` or `https` URL says of a request: whether it is encrypted, who is asked, and for what.
package struct HTTPURL: Hashable, Sendable {
    package let isSecure: Bool
    /// A name, or an IP literal without brackets.
    package let host: String
    package let port: UInt16
    /// Path and query as they go over the wire, encoded; begins with a slash.
    package let target: String

    package init(isSecure: Bool, host: String, port: UInt16, target: String) {
        self.isSecure = isSecure
        self.host = host
        self.port = port
        self.target = target
    }

    /// Whether a secret that was meant for this URL may go to the other one too (RFC 6454 section 5).
    package func hasSameOrigin(as other: HTTPURL) -> Bool {
        isSecure == other.isSecure && host == other.host && port == other.port
    }

    /// Host and port as the `Host` header has them: without the port that goes without saying.
    var authority: String {
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }
}

extension HTTPURL {
    /// The URL that a `Location` header names, taken relative to this one (RFC 9110 section 10.2.2).
    ///
    /// Nil where it is empty or no URL, or of another scheme than `http` and `https`, and without libcurl. A user and password
    /// in it are left out.
    package func redirected(to location: String) -> HTTPURL? {
        guard !location.isEmpty, let curl = try? libcurl.loaded() else { return nil }
        let url = curl.curl_url()
        defer { curl.curl_url_cleanup(url) }
        let base = "\(isSecure ? "https" : "http")://\(authority)\(target)"
        guard curl.curl_url_set(url, CURLUPART_URL, base, UInt32(CURLU_PATH_AS_IS)) == CURLUE_OK,
            curl.curl_url_set(url, CURLUPART_URL, location, UInt32(CURLU_PATH_AS_IS | CURLU_URLENCODE)) == CURLUE_OK,
            let scheme = curl.text(CURLUPART_SCHEME, of: url), scheme == "http" || scheme == "https",
            let host = curl.text(CURLUPART_HOST, of: url),
            let port = curl.text(CURLUPART_PORT, of: url, flags: CURLU_DEFAULT_PORT).flatMap(UInt16.init),
            let path = curl.text(CURLUPART_PATH, of: url)
        else { return nil }
        let query = curl.text(CURLUPART_QUERY, of: url).map { "?\($0)" } ?? ""
        return HTTPURL(
            isSecure: scheme == "https",
            host: host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host.lowercased(),
            port: port,
            target: path + query
        )
    }
}

extension libcurl {
    fileprivate func text(_ part: CURLUPart, of url: OpaquePointer?, flags: Int32 = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(url, part, &text, UInt32(flags)) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
