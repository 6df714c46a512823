import Foundation

/// A real nginx that speaks HTTPS, and SMTP and IMAP that turn to TLS, each on a free port of 127.0.0.1.
package final class Nginx: Sendable {
    /// Whether clients are to show a certificate (ngx_http_ssl_module, `ssl_verify_client`).
    package enum ClientCertificate: String, Sendable {
        case none = "off"
        /// Asked for; who shows none is let in all the same.
        case optional
        /// Who shows none gets as far as an answer of status 400.
        case required = "on"
    }

    package let port: UInt16
    package let smtpPort: UInt16
    package let imapPort: UInt16
    private let process: ServerProcess

    /// Starts the server; every path of its HTTPS side is answered with 200 and `ok`.
    package static func start(
        _ pair: Certificates.Pair,
        authority: String? = nil,
        clientCertificate: ClientCertificate = .none
    ) async throws -> Nginx {
        try await onThread { try Nginx(pair, authority, clientCertificate) }
    }

    private init(_ pair: Certificates.Pair, _ authority: String?, _ clientCertificate: ClientCertificate) throws {
        guard let program = Tool.find("nginx") else {
            throw ServerFailure("nginx is not installed (Debian's packages nginx, libnginx-mod-mail)", log: "")
        }
        let folder = try TemporaryFolder("nginx")
        (port, smtpPort, imapPort) = (FreePort.find(), FreePort.find(), FreePort.find())
        let identity = "ssl_certificate \(pair.certificate); ssl_certificate_key \(pair.key);"
        let verification =
            authority.map { "ssl_client_certificate \($0); ssl_verify_client \(clientCertificate.rawValue);" } ?? ""
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \(folder.file($0));" }.joined(separator: " ")
        let configuration = """
            load_module /usr/lib/nginx/modules/ngx_mail_module.so;
            daemon off; master_process off; pid \(folder.file("pid")); error_log stderr info;
            events {}
            http {
                access_log off; \(temporary)
                server { listen 127.0.0.1:\(port) ssl; \(identity) \(verification) location / { return 200 "ok\\n"; } }
            }
            mail {
                server_name mail.test; auth_http 127.0.0.1:9/; \(identity) starttls on;
                server { listen 127.0.0.1:\(smtpPort); protocol smtp; }
                server { listen 127.0.0.1:\(imapPort); protocol imap; }
            }
            """
        try folder.write(configuration, to: "nginx.conf")
        process = try ServerProcess(folder: folder, home: folder.path, account: .current)
        try process.launch([program, "-e", "stderr", "-c", folder.file("nginx.conf")])
        try process.waitUntilReady("nginx", within: .seconds(30)) {
            [port, smtpPort, imapPort]
                .allSatisfy { port in
                    guard let socket = try? PlainSocket.connect(to: .loopback(port)) else { return false }
                    socket.close()
                    return true
                }
        }
    }

    deinit { stop() }

    package func stop() { process.end() }

    /// What the server has logged, down to the level `info`.
    package var log: String { process.log }
}
