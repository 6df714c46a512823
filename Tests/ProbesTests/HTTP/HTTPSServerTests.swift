import Health
import TestSupport
import Testing

@testable import Probes

/// HTTPS against a real nginx.
@Suite(.enabled(if: RealServers.areWanted([.nginx]), "nginx is not installed"))
struct HTTPSServerTests {
    @Test("Issuer, name and days are told apart, and the end of the chain is seen")
    func certificates() async throws {
        let certificates = try await Certificates.make()
        let chain = try await certificates.issueByIntermediate("leaf", to: 90, intermediateTo: 30)
        try await Bench.use { bench async throws in
            for (pair, code) in certificates.codes + [(chain, nil)] {
                let server = try await Nginx.start(pair)
                let options = "://localhost:\(server.port)\nca: \(certificates.authority)"
                let outcome = try await bench.run("url: https\(options)\nbody: ok")
                #expect(outcome.failure?.code.description == code, "\(pair.certificate)")
                let end = try await bench.run("url: tls\(options)").observation.certificateEnd
                #expect(outcome.observation.certificateEnd == end && (end == nil) == (code != nil))
                if code == nil { #expect(!server.log.contains("SSL_"), "\(server.log)") }
            }
        }
    }

    @Test("nginx lets everybody through the handshake and refuses by a status: the sentence says what is missing")
    func clientCertificate() async throws {
        let certificates = try await Certificates.make()
        let client = "\ncertificate: \(certificates.client.certificate)\ncertificateKey: \(certificates.client.key)"
        try await Bench.use { bench async throws in
            for demand in [Nginx.ClientCertificate.required, .optional] {
                let server = try await Nginx.start(
                    certificates.server,
                    authority: certificates.authority,
                    clientCertificate: demand
                )
                let options = "://localhost:\(server.port)\nca: \(certificates.authority)"
                #expect(try await bench.code("url: https\(options)\(client)") == nil)
                #expect(try await bench.code("url: tls\(options)") == nil)
                let failure = try await bench.run("url: https\(options)").failure
                #expect(failure?.code.description == (demand == .required ? "assert.unexpected" : nil))
                let word = "status 400, wanted 200-299; the server asked for a certificate of ours and got none"
                #expect(failure.map { $0.detail.contains(word) } ?? (demand == .optional), "\(failure as Any)")
                // A status that is asked for is none to explain, and whoever shows a certificate lacks none.
                #expect(
                    try await bench.code("url: https\(options)\nstatus: 400")
                        == (demand == .required ? nil : "assert.unexpected")
                )
                let missing = try await bench.sentence("url: https\(options)\(client)\nstatus: 201")
                #expect(missing?.contains("certificate") == false)
            }
        }
    }
}
