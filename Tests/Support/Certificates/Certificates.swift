import Foundation

/// A throw-away certificate authority and what it signed, as PEM files, made by the `openssl` command.
package final class Certificates: Sendable {
    /// A certificate and its private key.
    package struct Pair: Sendable {
        /// The path of the certificate.
        package let certificate: String
        /// The path of the key.
        package let key: String
    }

    private let folder: TemporaryFolder

    /// The authority's own certificate, valid for 100 days, for clients to trust.
    package let authority: String
    /// Another authority's certificate, which has signed `unknownIssuer` only.
    package let otherAuthority: String
    /// For `localhost` and 127.0.0.1, valid for two days.
    package let server: Pair
    /// As `server`, but no longer valid since yesterday.
    package let expired: Pair
    /// As `server`, but valid from tomorrow on only.
    package let notYetValid: Pair
    /// Valid, but for `elsewhere.test`.
    package let wrongName: Pair
    /// As `server`, but signed by the other authority.
    package let unknownIssuer: Pair
    /// As `server`, but signed by itself.
    package let selfSigned: Pair
    /// A client's, with the common name `client`.
    package let client: Pair

    /// Makes all of them; keys on the curve P-256, in a fraction of a second.
    package static func make() async throws -> Certificates { try await onThread { try Certificates() } }

    private init() throws {
        let folder = try TemporaryFolder("certificates")
        self.folder = folder
        let maker = CertificateMaker(folder: folder)
        let (first, second) = (try maker.authority("authority"), try maker.authority("other"))
        authority = first.certificate
        otherAuthority = second.certificate
        let here = Self.here
        server = try maker.signed("server", names: here, by: first)
        expired = try maker.signed("expired", names: here, by: first, from: -10, to: -1)
        notYetValid = try maker.signed("early", names: here, by: first, from: 1, to: 10)
        wrongName = try maker.signed("wrong", names: "DNS:elsewhere.test", by: first)
        unknownIssuer = try maker.signed("unknown", names: here, by: second)
        selfSigned = try maker.signed("self", names: here, by: nil)
        client = try maker.signed("client", names: "DNS:client", by: first)
    }

    private static let here = "DNS:localhost,IP:127.0.0.1"

    deinit { folder.remove() }

    /// As `server`, but signed by an intermediate authority with a certificate of its own days; both stand in the file.
    package func issueByIntermediate(_ name: String, to: Int, intermediateTo: Int) async throws -> Pair {
        try await onThread { [folder, authority] in
            let maker = CertificateMaker(folder: folder)
            let root = Pair(certificate: authority, key: folder.file("authority.key"))
            let intermediate = try maker.signed(
                "\(name)-issuer",
                names: "DNS:issuer",
                by: root,
                to: intermediateTo,
                isAuthority: true
            )
            let leaf = try maker.signed(name, names: Self.here, by: intermediate, to: to)
            let texts = try [leaf, intermediate].map { try String(contentsOfFile: $0.certificate, encoding: .utf8) }
            try folder.write(texts.joined(), to: "\(name).crt")
            return leaf
        }
    }

    /// A server certificate with other names or days; `names` as in `DNS:a,IP:127.0.0.1`, days counted from now.
    package func issue(_ name: String, names: String, from: Int = -1, to: Int = 2) async throws -> Pair {
        try await onThread { [folder, authority] in
            let signer = Pair(certificate: authority, key: folder.file("authority.key"))
            return try CertificateMaker(folder: folder).signed(name, names: names, by: signer, from: from, to: to)
        }
    }
}

/// Drives the `openssl` command.
private struct CertificateMaker {
    let folder: TemporaryFolder

    func authority(_ name: String) throws -> Certificates.Pair {
        let pair = pair(name)
        try Tool.runBlocking(
            ["openssl", "req", "-x509", "-nodes", "-days", "100", "-subj", "/CN=allclear test \(name)"] + newKey(pair)
                + ["-out", pair.certificate, "-addext", "keyUsage=critical,keyCertSign,cRLSign"]
        )
        return pair
    }

    /// Days are counted from now; signed by itself where there is no signer. `openssl ca` is the one command of OpenSSL 3.0 that
    /// takes a date in the past.
    func signed(
        _ name: String,
        names: String,
        by signer: Certificates.Pair?,
        from: Int = -1,
        to: Int = 2,
        isAuthority: Bool = false
    ) throws -> Certificates.Pair {
        let pair = pair(name)
        let request = folder.file("\(name).csr")
        try Tool.runBlocking(
            ["openssl", "req", "-new", "-nodes", "-subj", "/CN=\(name)", "-out", request] + newKey(pair)
        )
        let configuration = """
            [ca]
            default_ca = one
            [one]
            database = \(folder.file("\(name).index"))
            new_certs_dir = \(folder.path)
            rand_serial = yes
            default_md = sha256
            policy = any
            x509_extensions = leaf
            unique_subject = no
            [any]
            commonName = supplied
            [leaf]
            basicConstraints = CA:\(isAuthority ? "TRUE" : "FALSE")
            subjectAltName = \(names)
            """
        try folder.write(configuration, to: "\(name).cnf")
        try folder.write("", to: "\(name).index")
        let signing =
            signer.map { ["-cert", $0.certificate, "-keyfile", $0.key] } ?? ["-selfsign", "-keyfile", pair.key]
        try Tool.runBlocking(
            ["openssl", "ca", "-batch", "-notext", "-config", folder.file("\(name).cnf"), "-in", request]
                + ["-out", pair.certificate, "-startdate", date(from), "-enddate", date(to)] + signing
        )
        return pair
    }

    private func pair(_ name: String) -> Certificates.Pair {
        .init(certificate: folder.file("\(name).crt"), key: folder.file("\(name).key"))
    }

    private func newKey(_ pair: Certificates.Pair) -> [String] {
        ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", pair.key]
    }

    /// ASN.1 GeneralizedTime.
    private func date(_ days: Int) -> String {
        var seconds = time(nil) + days * 86_400
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let numbers = [parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec]
        return "\(parts.tm_year + 1900)" + numbers.map { ($0 < 10 ? "0" : "") + "\($0)" }.joined() + "Z"
    }
}
