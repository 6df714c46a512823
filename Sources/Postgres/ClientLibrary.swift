internal import CPostgreSQL
package import Transport

extension Connection {
    /// Loads libpq where that has not been done; to be called where blocking is allowed.
    ///
    /// - Throws: `configure.*` where it cannot be used.
    package static func prepare() throws(TransportFailure) {
        _ = try libpq.loaded()
    }
}

extension libpq {
    private static let loading = Result { () throws(TransportFailure) -> libpq in
        try SharedLibrary.load("libpq.so.5", from: "libpq5", libpq_names())
    }

    /// Its functions; the first who asks waits until it is loaded.
    static func loaded() throws(TransportFailure) -> libpq { try loading.get() }
}
