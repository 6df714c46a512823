import Configuration
import Foundation
import Health
import TestSupport
import Testing
import Transport

@testable import Probes

/// `tls://` against a server that begins with TLS, made by OpenSSL.
struct TLSProbeTests {
    @Test("Certificates are told apart, and the server has nothing to complain of a good one")
    func certificates() async throws {
        let certificates = try await Certificates.make()
        try await Bench.use { bench async throws in
            for (pair, code) in certificates.codes {
                let origin = try await TLSOrigin.start(pair)
                for host in ["localhost", "127.0.0.1"] {
                    let yaml = "url: tls://\(host):\(origin.port)\nca: \(certificates.authority)"
                    #expect(try await bench.code(yaml) == code, "\(pair.certificate) for \(host)")
                }
                if code == nil { #expect(!origin.log.contains("error"), "\(origin.log)") }
            }
            let origin = try await TLSOrigin.start(certificates.wrongName)
            let yaml = "url: tls://localhost:\(origin.port)\nca: \(certificates.authority)\nserverName: elsewhere.test"
            #expect(try await bench.code(yaml) == nil)
        }
    }

    @Test("Days left, of the certificate in the chain that ends first")
    func daysLeft() async throws {
        let certificates = try await Certificates.make()
        let leaf = try await certificates.issueByIntermediate("leaf", to: 5, intermediateTo: 30)
        let issuer = try await certificates.issueByIntermediate("issuer", to: 60, intermediateTo: 30)
        let root = try await certificates.issueByIntermediate("root", to: 200, intermediateTo: 150)
        let cases: [(Certificates.Pair, days: Int64, word: String)] = [
            (leaf, 5, "the server's certificate has "), (issuer, 30, "an issuer's certificate has "),
            (root, 100, "an issuer's certificate has "),
        ]
        for (pair, days, word) in cases {
            let origin = try await TLSOrigin.start(pair, options: ["-cert_chain", pair.certificate])
            try await Bench.use { bench async throws in
                let yaml = "url: tls://localhost:\(origin.port)\nca: \(certificates.authority)"
                let passed = try await bench.run(yaml + "\nwarnDays: \(days - 1)")
                #expect(passed.failure == nil && passed.observation.warning == nil)
                let end = try #require(passed.observation.certificateEnd).milliseconds / 1000
                #expect(abs(end - Int64(time(nil)) - days * 86_400) < 3600)

                let warned = try await bench.run(yaml + "\nwarnDays: \(days + 1)")
                #expect(warned.failure == nil && warned.observation.warning?.detail.hasPrefix(word) == true)

                let failed = try await bench.run(yaml + "\nminDays: \(days + 1)")
                #expect(failed.failure?.code.description == "secure.expiring")
                #expect(failed.failure?.detail.hasPrefix(word) == true)
                #expect(failed.observation == passed.observation)
            }
        }
    }

    @Test("Without verification only the days count, and those have passed")
    func unverified() async throws {
        let certificates = try await Certificates.make()
        let cases: [(Certificates.Pair, String?)] = [
            (certificates.selfSigned, nil), (certificates.unknownIssuer, nil), (certificates.wrongName, nil),
            (certificates.expired, "secure.expired"),
        ]
        try await Bench.use { bench async throws in
            for (pair, code) in cases {
                let origin = try await TLSOrigin.start(pair)
                let outcome = try await bench.run("url: tls://localhost:\(origin.port)\nverify: false")
                #expect(outcome.failure?.code.description == code, "\(pair.certificate)")
                #expect(outcome.observation.certificateEnd != nil)
            }
        }
    }

    @Test(
        "A server that demands a certificate gets ours, or says that it misses it, also where TLS 1.3 hides it",
        arguments: [["-tls1_2"], ["-tls1_3"], ["-tls1_3", "-num_tickets", "0"]]
    )
    func clientCertificate(options: [String]) async throws {
        let certificates = try await Certificates.make()
        let demand = ["-Verify", "1", "-verify_return_error", "-CAfile", certificates.authority]
        let origin = try await TLSOrigin.start(certificates.server, options: options + demand)
        try await Bench.use { bench async throws in
            let yaml = "url: tls://localhost:\(origin.port)\nca: \(certificates.authority)"
            let own = { (pair: Certificates.Pair) in
                "\ncertificate: \(pair.certificate)\ncertificateKey: \(pair.key)"
            }
            #expect(try await bench.code(yaml + own(certificates.client)) == nil)
            #expect(try await bench.code(yaml) == "secure.required")
            #expect(try await bench.code(yaml + own(certificates.selfSigned)) == "secure.denied")
        }
    }

    @Test("Where TLS 1.3 hides the verdict, an end without a word is no consent; nobody who asks for nothing refuses")
    func wordless() async throws {
        let certificates = try await Certificates.make()
        let demand = ["-Verify", "1", "-verify_return_error", "-CAfile", certificates.authority]
        let own = "\ncertificate: \(certificates.client.certificate)\ncertificateKey: \(certificates.client.key)"
        for (scheme, demand, options, code) in [
            ("tls", demand, "", "secure.required"), ("tls", demand, own, "secure.closed"), ("tls", [], "", nil),
            ("https", demand, "", "secure.required"), ("https", demand, own, "exchange.closed"),
            ("https", [], "", "exchange.closed"), ("rediss", demand, "", "secure.required"),
            ("rediss", demand, own, "exchange.closed"), ("rediss", [], "", "exchange.closed"),
        ] {
            let origin = try await TLSOrigin.start(certificates.server, options: ["-tls1_3"] + demand)
            // Ends the conversation when the client has finished its handshake, whatever the server would say.
            let relay = try ScriptedServer(
                .init { try $0.relay(to: PlainSocket.connect(to: .loopback(origin.port)), upTo: 1) }
            )
            try await Bench.use { bench async throws in
                let yaml = "url: \(scheme)://localhost:\(relay.port)\nca: \(certificates.authority)"
                let found = try await bench.code(yaml + options)
                #expect(found == code, "\(scheme), \(demand.isEmpty), \(options)")
            }
        }
    }

    @Test("A server that only asks for a certificate is content without", arguments: ["2", "0"])
    func optional(tickets: String) async throws {
        let certificates = try await Certificates.make()
        let options = ["-tls1_3", "-num_tickets", tickets, "-verify", "1", "-CAfile", certificates.authority]
        let origin = try await TLSOrigin.start(certificates.server, options: options)
        try await Bench.use { bench async throws in
            #expect(try await bench.code("url: tls://localhost:\(origin.port)\nca: \(certificates.authority)") == nil)
        }
        #expect(!origin.log.contains("error"), "\(origin.log)")
    }

    @Test(
        "Options that contradict each other, or cost a mail server too much, are pointed out",
        arguments: [
            ("url: tls://h:1\nwarnDays: 3\nminDays: 3", "never matters: it is not more than minDays (3)"),
            ("url: tls://h:25\nstarttls: smtp", "mail servers count connections"),
            ("url: tls://h:1\nminDays: -1", "from 0 to 36500"),
            ("url: tls://h:1\nstarttls: postgresql", "did you mean `postgres`?"),
            ("url: tls://h:1\ncertificate: /c.pem", "needs 'certificateKey' beside it"),
            ("url: tls://h", "port"),
        ]
    )
    func diagnostics(yaml: String, word: String) {
        let complaints = Bench.load(yaml).1
        #expect(complaints.count == 1 && complaints[0].contains(word), "\(complaints)")
    }

    @Test("Options may stand in the query")
    func query() {
        let (definition, complaints) = Bench.load("url: 'tls://db:5432?starttls=postgres&minDays=3'")
        #expect(complaints.isEmpty && definition?.integer("minDays") == 3)
        #expect(definition?.text("starttls") == "postgres")
    }
}
