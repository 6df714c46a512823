import Health
import TestSupport
import Testing
import Transport

@testable import Probes

/// `rediss://` against a real Redis.
@Suite(.enabled(if: RealServers.areWanted([.redis]), "redis-server is not wanted or not installed"))
struct RedisTLSTests {
    @Test("Issuer, name, days and the client's certificate are told apart")
    func certificates() async throws {
        let certificates = try await Certificates.make()
        let cases: [(Certificates.Pair, String, String?)] = [
            (certificates.server, "ca: \(certificates.authority)", nil),
            (certificates.server, "ca: \(certificates.otherAuthority)", "secure.untrusted"),
            (certificates.server, "serverName: localhost\nca: \(certificates.authority)", nil),
            (certificates.server, "serverName: other.test\nca: \(certificates.authority)", "secure.name_mismatch"),
            (certificates.server, "verify: false", nil),
            (certificates.server, "", "secure.untrusted"),
            (certificates.wrongName, "ca: \(certificates.authority)", "secure.name_mismatch"),
            (certificates.expired, "ca: \(certificates.authority)", "secure.expired"),
            (certificates.notYetValid, "ca: \(certificates.authority)", "secure.not_yet_valid"),
            (certificates.selfSigned, "ca: \(certificates.authority)", "secure.untrusted"),
            (certificates.unknownIssuer, "ca: \(certificates.authority)", "secure.untrusted"),
        ]
        for (certificate, options, code) in cases {
            try await RedisServer.running(.init(certificate: certificate)) { server async throws in
                try await Bench.use { bench async throws in
                    let port = try #require(server.securePort)
                    #expect(try await bench.code("url: rediss://127.0.0.1:\(port)\n" + options) == code, "\(options)")
                }
            }
        }
    }

    @Test("A certificate that the server demands")
    func clientCertificate() async throws {
        let certificates = try await Certificates.make()
        let options = RedisServer.Options(
            certificate: certificates.server,
            authority: certificates.authority,
            settings: ["tls-auth-clients yes"]
        )
        try await RedisServer.running(options) { server async throws in
            try await Bench.use { bench async throws in
                let port = try #require(server.securePort)
                let check = "url: rediss://127.0.0.1:\(port)\nca: \(certificates.authority)"
                let client =
                    "\ncertificate: \(certificates.client.certificate)\ncertificateKey: \(certificates.client.key)"
                let stranger = certificates.selfSigned
                let other = "\ncertificate: \(stranger.certificate)\ncertificateKey: \(stranger.key)"
                for check in [check, check.replacing("rediss:", with: "tls:")] {
                    #expect(try await bench.code(check) == "secure.required")
                    #expect(try await bench.code(check + client) == nil)
                    #expect(try await bench.code(check + other) == "secure.denied")
                }
            }
        }
    }

    @Test("A certificate that Redis only asks for may be missing, and the handshake alone leaves no trace in its log")
    func optionalCertificate() async throws {
        let certificates = try await Certificates.make()
        let options = RedisServer.Options(
            certificate: certificates.server,
            authority: certificates.authority,
            settings: ["tls-auth-clients optional"]
        )
        try await RedisServer.running(options) { server async throws in
            let log = server.log
            try await Bench.use { bench async throws in
                let port = try #require(server.securePort)
                for scheme in ["rediss", "tls"] {
                    let check = "url: \(scheme)://127.0.0.1:\(port)\nca: \(certificates.authority)"
                    #expect(try await bench.code(check) == nil)
                }
            }
            #expect(server.log == log)
        }
    }

    @Test("The end of the chain is seen, whether or not the login succeeds")
    func certificateEnd() async throws {
        let certificates = try await Certificates.make()
        let pair = try await certificates.issueByIntermediate("leaf", to: 90, intermediateTo: 30)
        try await RedisServer.running(.init(password: "right", certificate: pair)) { server async throws in
            try await Bench.use { bench async throws in
                let port = try #require(server.securePort)
                let check = "url: rediss://127.0.0.1:\(port)\nca: \(certificates.authority)\npassword: "
                let chain = try await bench.run("url: tls://127.0.0.1:\(port)\nca: \(certificates.authority)")
                let end = try #require(chain.observation.certificateEnd)
                for (password, code) in [("right", nil), ("wrong", "login.denied")] {
                    let outcome = try await bench.run(check + password)
                    #expect(outcome.failure?.code.description == code)
                    #expect(outcome.observation.certificateEnd == end)
                }
                let plain = try await bench.run("url: redis://127.0.0.1:\(server.port)\npassword: right")
                #expect(plain == .passed())
            }
        }
    }

    @Test("TLS where there is none, and none where there is")
    func mismatch() async throws {
        let certificates = try await Certificates.make()
        try await RedisServer.running(.init(certificate: certificates.server)) { server async throws in
            try await Bench.use { bench async throws in
                let secure = try #require(server.securePort)
                let plain = try await bench.code("url: redis://127.0.0.1:\(secure)")
                #expect(plain == "exchange.closed")
                // Redis takes the greeting for the beginning of a command, and waits for the rest.
                let check = "url: rediss://127.0.0.1:\(server.port)\nverify: false"
                #expect(try await bench.code(check, within: .milliseconds(200)) == "secure.timed_out")
            }
        }
    }

    @Test("A file that cannot be used is named when the probe is made")
    func files() async throws {
        try await Bench.use { bench async throws in
            let failure = #expect(throws: TransportFailure.self) {
                try bench.probe("url: rediss://localhost\nca: /no/such/file")
            }
            #expect(failure?.stage == .configure && failure?.reason == .notFound)
            #expect(failure?.detail.contains("/no/such/file") == true)
        }
    }

    @Test("Checks that agree on trust and identity share one context")
    func shared() throws {
        let contexts = TLSContexts()
        let context = try contexts.context(trust: .system, identity: nil)
        #expect(try contexts.context(trust: .system, identity: nil) === context)
        #expect(try contexts.context(trust: .anyone, identity: nil) !== context)
    }
}
