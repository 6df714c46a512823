internal import CCurl

extension HTTPRequest {
    /// Loads libcurl where that has not been done; to be called where blocking is allowed.
    ///
    /// - Throws: `configure.*` where it cannot be used.
    package static func prepare() throws(TransportFailure) {
        _ = try libcurl.loaded()
    }
}

extension libcurl {
    private static let loading = Result { () throws(TransportFailure) in
        let curl: libcurl = try SharedLibrary.load("libcurl.so.4", from: "libcurl4", libcurl_names())
        guard curl.curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK else {
            throw TransportFailure(.configure, .unexpected, "libcurl.so.4 does not start")
        }
        return curl
    }

    /// Its functions; the first who asks waits until it is loaded.
    static func loaded() throws(TransportFailure) -> libcurl { try loading.get() }
}
