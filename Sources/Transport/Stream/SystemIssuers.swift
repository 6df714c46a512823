internal import CSSL
internal import Glibc

/// Where a system keeps the issuers that it trusts: its bundle of certificates in one PEM file.
package enum SystemIssuers {
    /// In the order in which they are looked for; the same list as that of Go's crypto/x509.
    private static let bundles = [
        "/etc/ssl/certs/ca-certificates.crt",  // Debian, Alpine, Arch
        "/etc/pki/tls/certs/ca-bundle.crt",  // Fedora, RHEL 6
        "/etc/ssl/ca-bundle.pem",  // openSUSE
        "/etc/pki/tls/cacert.pem",  // OpenELEC
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // RHEL 7 and later
        "/etc/ssl/cert.pem",  // Alpine
    ]

    /// Makes a context trust them.
    ///
    /// As OpenSSL does by default, `SSL_CERT_FILE` and `SSL_CERT_DIR` included. Debian's OpenSSL looks below /usr/lib/ssl, which
    /// other systems and an image from scratch do not have: there it is their bundle.
    static func trust(in context: OpaquePointer) {
        _ = SSL_CTX_set_default_verify_paths(context)
        let isNamed = [X509_get_default_cert_file_env(), X509_get_default_cert_dir_env()].contains { getenv($0) != nil }
        guard !isNamed, access(X509_get_default_cert_dir(), R_OK) != 0 else { return }
        _ = SSL_CTX_load_verify_locations(context, bundle, nil)
    }

    /// The first bundle that is there; where none is, the path of Debian's, so that an error names one.
    package static var bundle: String {
        bundles.first { access($0, R_OK) == 0 } ?? bundles[0]
    }
}
