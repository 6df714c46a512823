import TestSupport
import Testing

@testable import Probes

/// HTTPS: whom a check trusts, and what it says where it does not (FAULTS row 16).
struct HTTPSTests {
    @Test("Certificates are told apart")
    func certificates() async throws {
        let certificates = try await Certificates.make()
        try await Bench.use { bench async throws in
            for (pair, code) in certificates.codes {
                let origin = try await TLSOrigin.start(pair)
                for host in ["localhost", "127.0.0.1"] {
                    let yaml = "url: https://\(host):\(origin.port)/ok\nca: \(certificates.authority)\nbody: ok"
                    #expect(try await bench.code(yaml) == code, "\(pair.certificate) for \(host)")
                }
                // Whoever trusts nobody in particular can still talk.
                #expect(try await bench.code("url: https://localhost:\(origin.port)/ok\nverify: false") == nil)
            }
        }
    }

    @Test("The name to verify may be another than the URL's, and the system's issuers are trusted by default")
    func names() async throws {
        let certificates = try await Certificates.make()
        let origin = try await TLSOrigin.start(certificates.wrongName)
        try await Bench.use { bench async throws in
            let url = "url: https://localhost:\(origin.port)/ok"
            #expect(try await bench.code("\(url)\nca: \(certificates.authority)\nserverName: elsewhere.test") == nil)
            #expect(try await bench.code(url) == "secure.untrusted")
        }
    }

    @Test(
        "A server that wants a certificate of ours gets it, or says that it misses it",
        arguments: ["-no_tls1_3", ""]
    )
    func clientCertificate(option: String) async throws {
        let certificates = try await Certificates.make()
        let options = ["-Verify", "1", "-verify_return_error", "-CAfile", certificates.authority]
        let origin = try await TLSOrigin.start(
            certificates.server,
            options: options + [option].filter { !$0.isEmpty }
        )
        try await Bench.use { bench async throws in
            let url = "url: https://localhost:\(origin.port)/ok\nca: \(certificates.authority)"
            let client = "\ncertificate: \(certificates.client.certificate)\ncertificateKey: \(certificates.client.key)"
            #expect(try await bench.code(url + client) == nil)
            #expect(try await bench.code(url) == "secure.required")
        }
    }

    @Test("A server that does not speak TLS, or ends within the handshake")
    func noTLS() async throws {
        let cases: [(ScriptedServer.Script, Set<String>)] = [
            (.bytes(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)), ["secure.unsupported"]),
            (.banner, ["secure.unsupported"]), (.close, ["secure.closed"]),
            (.reset, ["secure.closed", "connect.closed"]), (.silent, ["secure.timed_out"]),
            (.tlsRecord, ["secure.required"]), (.garbage, ["secure.malformed", "secure.unsupported"]),
        ]
        try await Bench.use { bench async throws in
            for (script, codes) in cases {
                let server = try ScriptedServer(script)
                let patience = codes == ["secure.timed_out"] ? Duration.milliseconds(300) : .seconds(30)
                let code = try await bench.code("url: https://127.0.0.1:\(server.port)", within: patience)
                #expect(codes.contains(code ?? "passed"), "\(script): \(code ?? "passed")")
                try await server.waitUntilAllClosed()
            }
        }
    }

    @Test("A file that cannot be used is named when the probe is made")
    func files() async throws {
        try await Bench.use { bench async throws in
            let probe = { try bench.probe("url: https://localhost/\nca: /nowhere/ca.pem") }
            let failure = #expect(throws: (any Error).self) { try probe() }
            #expect("\(failure as Any)".contains("/nowhere/ca.pem"))
        }
    }
}
