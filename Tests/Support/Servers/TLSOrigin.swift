import Foundation

/// An HTTPS server with a certificate of the test's choice: `openssl s_server`, one connection at a time.
package final class TLSOrigin: Sendable {
    package let port: UInt16
    private let process: ServerProcess

    /// Starts the server; each path (without `/`) is answered with a whole HTTP answer, head and body, as given.
    ///
    /// `options` are further ones of openssl-s_server(1), such as `-no_tls1_3`, or `-Verify 1 -CAfile …` to ask for a client's
    /// certificate.
    package static func start(
        _ pair: Certificates.Pair,
        answers: [String: String] = ["ok": "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nok\n"],
        options: [String] = []
    ) async throws -> TLSOrigin {
        try await onThread { try TLSOrigin(pair, answers, options) }
    }

    private init(_ pair: Certificates.Pair, _ answers: [String: String], _ options: [String]) throws {
        let folder = try TemporaryFolder("tls")
        for (name, text) in answers { try folder.write(text, to: name) }
        port = FreePort.find()
        process = try ServerProcess(folder: folder, home: folder.path, account: .current)
        let program = Tool.find("openssl") ?? "openssl"
        try process.launch(
            [program, "s_server", "-accept", "127.0.0.1:\(port)", "-HTTP", "-cert", pair.certificate, "-key", pair.key]
                + options
        )
        try process.waitUntilReady("openssl s_server", within: .seconds(30)) { process.log.contains("ACCEPT") }
    }

    deinit { stop() }

    package func stop() { process.end() }

    /// What `openssl s_server` printed, such as handshake errors.
    package var log: String { process.log }
}
