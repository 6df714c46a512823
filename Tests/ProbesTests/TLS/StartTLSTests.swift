import Health
import TestSupport
import Testing

@testable import Probes

/// `tls://` with `starttls`: against PostgreSQL and nginx, and against what neither does.
struct StartTLSTests {
    @Test(
        "PostgreSQL: certificates are told apart, and the log stays silent",
        .enabled(if: RealServers.areWanted([.postgreSQL]), "PostgreSQL 15 is not installed")
    )
    func postgreSQL() async throws {
        let certificates = try await Certificates.make()
        for (pair, code) in certificates.codes {
            // It asks for a certificate as soon as it has an authority, and gives no tickets.
            let settings = ["ssl_ca_file = '\(certificates.authority)'"]
            try await PostgreSQLServer.running(.init(settings: settings, certificate: pair)) { server async throws in
                let log = server.log
                try await Bench.use { bench async throws in
                    let yaml = "url: tls://localhost:\(server.port)?starttls=postgres\nca: \(certificates.authority)"
                    #expect(try await bench.code(yaml) == code, "\(pair.certificate)")
                    #expect(try await bench.code(yaml) == code, "\(pair.certificate)")
                }
                // What it writes about one connection it has written when it has served another.
                try await server.execute("SELECT 1")
                if code == nil { #expect(server.log == log) }
            }
        }
    }

    @Test(
        "PostgreSQL without TLS",
        .enabled(if: RealServers.areWanted([.postgreSQL]), "PostgreSQL 15 is not installed")
    )
    func noTLS() async throws {
        try await PostgreSQLServer.running { server async throws in
            try await Bench.use { bench async throws in
                let yaml = "url: tls://localhost:\(server.port)?starttls=postgres"
                #expect(try await bench.code(yaml) == "secure.unsupported")
                #expect(try await bench.code("url: tls://localhost:\(server.port)") == "secure.closed")
            }
        }
    }

    @Test(
        "Mail: certificates are told apart, and nobody is left without a goodbye",
        .enabled(if: RealServers.areWanted([.nginx]), "nginx is not installed")
    )
    func mail() async throws {
        let certificates = try await Certificates.make()
        for (pair, code) in certificates.codes {
            let server = try await Nginx.start(pair)
            try await Bench.use { bench async throws in
                for (port, language) in [(server.smtpPort, "smtp"), (server.imapPort, "imap")] {
                    let yaml = "url: tls://localhost:\(port)\nca: \(certificates.authority)\nstarttls: \(language)"
                    #expect(try await bench.code(yaml + "\nperiod: 30s") == code, "\(language) \(pair.certificate)")
                }
            }
            if code == nil { #expect(!server.log.contains("SSL_"), "\(server.log)") }
        }
    }

    @Test("The last words are the protocol's own, over TLS and before", arguments: ["smtp", "imap"])
    func farewell(language: String) async throws {
        let (greeting, farewell) = language == "smtp" ? ("220", "QUIT\r\n") : ("* OK", "b LOGOUT\r\n")
        let server = try ScriptedServer(
            .init { conversation in
                try conversation.send("\(greeting) hello\r\n")
                try conversation.expect(until: "\r\n")
                try conversation.send(language == "smtp" ? "250 nothing\r\n" : "a NO nothing\r\n")
                try conversation.expect(until: farewell)
                conversation.note("goodbye")
            }
        )
        try await Bench.use { bench async throws in
            let yaml = "url: tls://localhost:\(server.port)\nstarttls: \(language)\nperiod: 30s"
            #expect(try await bench.code(yaml) == "secure.unsupported")
        }
        try await server.waitUntilAllClosed()
        #expect(server.notes == ["goodbye"])
    }

    @Test("A server that misbehaves before TLS begins", arguments: TLSPrelude.Language.allCases)
    func misbehaves(language: TLSPrelude.Language) async throws {
        let isMail = language != .postgres
        let cases: [(ScriptedServer.Script, Set<String>)] = [
            (.silent, ["exchange.timed_out"]), (.close, ["exchange.closed"]),
            (.reset, ["exchange.closed", "connect.closed"]),
            (.banner, ["exchange.malformed"]), (.garbage, ["exchange.malformed"]), (.flood, ["exchange.malformed"]),
            (.drip, ["exchange.malformed"]), (.tlsRecord, isMail ? ["exchange.timed_out"] : ["exchange.malformed"]),
        ]
        try await Bench.use { bench async throws in
            for (script, codes) in cases {
                let server = try ScriptedServer(script)
                let yaml = "url: tls://127.0.0.1:\(server.port)\nstarttls: \(language.rawValue)\nperiod: 30s"
                let isInVain = codes.contains("exchange.timed_out")
                let code = try await bench.code(yaml, within: isInVain ? .milliseconds(300) : .seconds(30))
                #expect(codes.contains(code ?? "passed"), "\(script): \(code ?? "passed")")
                try await server.waitUntilAllClosed()
            }
        }
    }
}
