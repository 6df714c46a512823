import TestSupport
import Testing

@testable import Transport

/// TLS on a stream: whom it trusts, and how its failures are told apart (FAULTS row 16).
struct TLSTests {
    @Test("Certificates are told apart, for a name and for an address")
    func certificates() async throws {
        let certificates = try await Certificates.make()
        let cases: [(Certificates.Pair, String)] = [
            (certificates.server, "200"), (certificates.expired, "secure.expired"),
            (certificates.notYetValid, "secure.not_yet_valid"), (certificates.wrongName, "secure.name_mismatch"),
            (certificates.unknownIssuer, "secure.untrusted"), (certificates.selfSigned, "secure.untrusted"),
        ]
        for (pair, expected) in cases {
            let origin = try await TLSOrigin.start(pair)
            for name in ["localhost", "localhost.", "127.0.0.1"] {
                let outcome = try await ask(origin, name, trust: .file(certificates.authority))
                #expect(outcome == expected, "\(pair.certificate) for \(name)")
            }
            #expect(try await ask(origin, "whatever.test", trust: .anyone) == "200")
        }
    }

    @Test("The system's issuers are trusted, and nobody without them")
    func system() async throws {
        let certificates = try await Certificates.make()
        let origin = try await TLSOrigin.start(certificates.server)
        #expect(try await ask(origin, "localhost", trust: .system) == "secure.untrusted")
    }

    @Test("A name that no certificate can be for is not skipped", arguments: ["", ".", "a\u{0}b"])
    func impossibleName(name: String) async throws {
        let certificates = try await Certificates.make()
        let origin = try await TLSOrigin.start(certificates.server)
        #expect(try await ask(origin, name, trust: .file(certificates.authority)) == "secure.name_mismatch")
    }

    @Test(
        "A server that demands a certificate gets ours, or says that it misses it",
        arguments: ["-tls1_2", "-tls1_3"]
    )
    func clientCertificate(version: String) async throws {
        let certificates = try await Certificates.make()
        let options = [version, "-Verify", "1", "-verify_return_error", "-CAfile", certificates.authority]
        let origin = try await TLSOrigin.start(certificates.server, options: options)
        let trust = TLSContext.Trust.file(certificates.authority)
        let identity = TLSContext.Identity(certificate: certificates.client.certificate, key: certificates.client.key)
        #expect(try await ask(origin, "localhost", trust: trust, identity: identity) == "200")
        #expect(try await ask(origin, "localhost", trust: trust) == "secure.required")
    }

    @Test("A server that does not speak TLS, ends or stays silent within the handshake")
    func noTLS() async throws {
        let context = try TLSContext(trust: .anyone)
        let cases: [(ScriptedServer.Script, Set<String>)] = [
            (.banner, ["secure.unsupported"]), (.close, ["secure.closed"]), (.silent, ["secure.timed_out"]),
            (.reset, ["secure.closed", "connect.closed"]), (.tlsRecord, ["secure.required"]),
        ]
        for (script, codes) in cases {
            let server = try ScriptedServer(script)
            let patience = codes == ["secure.timed_out"] ? Duration.milliseconds(200) : .seconds(30)
            let code = try await withLoop { loop async throws in
                await failure(on: loop) { loop async throws(TransportFailure) in
                    let stream = try await connect(to: server, on: loop)
                    try await stream.startTLS(context, name: "localhost", until: loop.now + patience, on: loop)
                }?
                .code
            }
            #expect(codes.contains(code ?? "secured"), "\(script): \(code ?? "secured")")
        }
    }

    @Test("The tickets of TLS 1.3 are no surprise: nothing has come until the server speaks")
    func tickets() async throws {
        let certificates = try await Certificates.make()
        let origin = try await TLSOrigin.start(certificates.server, options: ["-tls1_3", "-num_tickets", "4"])
        let context = try TLSContext(trust: .file(certificates.authority))
        let code = try await withLoop { loop async throws in
            await failure(on: loop) { loop async throws(TransportFailure) in
                let stream = try await secure(origin, context, "localhost", on: loop)
                var bytes: [UInt8] = []
                _ = try await stream.receive(into: &bytes, until: loop.now + .milliseconds(200), on: loop)
            }?
            .code
        }
        #expect(code == "exchange.timed_out")
    }

    @Test("A conversation in clear turns to TLS midway")
    func midway() async throws {
        let certificates = try await Certificates.make()
        let origin = try await TLSOrigin.start(certificates.server)
        let server = try ScriptedServer(
            .init { conversation in
                try conversation.send("220 hello\r\n")
                try conversation.expect(until: "STARTTLS\r\n")
                try conversation.send("220 go\r\n")
                try conversation.relay(to: PlainSocket.connect(to: .loopback(origin.port)))
            }
        )
        let context = try TLSContext(trust: .file(certificates.authority))
        try await withLoop { loop async throws in
            let deadline = loop.now + .seconds(30)
            let stream = try await connect(to: server, on: loop)
            var bytes: [UInt8] = []
            while bytes.count < 11 { _ = try await stream.receive(into: &bytes, until: deadline, on: loop) }
            try await stream.send(Array("STARTTLS\r\n".utf8), until: deadline, on: loop)
            while bytes.count < 19 { _ = try await stream.receive(into: &bytes, until: deadline, on: loop) }
            #expect(String(decoding: bytes, as: UTF8.self) == "220 hello\r\n220 go\r\n")
            try await stream.startTLS(context, name: "localhost", until: deadline, on: loop)
            #expect(try await status(of: stream, on: loop) == "200")
        }
    }

    @Test("Files that cannot be used are named")
    func files() async throws {
        let certificates = try await Certificates.make()
        let client = certificates.client
        let cases: [(TLSContext.Trust, TLSContext.Identity?, String, String)] = [
            (.file("/nowhere/ca.pem"), nil, "configure.not_found", "/nowhere/ca.pem"),
            (.file(client.key), nil, "configure.malformed", client.key),
            (.system, .init(certificate: client.key, key: client.key), "configure.malformed", client.key),
            (
                .system, .init(certificate: client.certificate, key: certificates.server.key), "configure.malformed",
                "key"
            ),
        ]
        for (trust, identity, code, word) in cases {
            let failure = #expect(throws: TransportFailure.self) { try TLSContext(trust: trust, identity: identity) }
            #expect(failure?.code == code && failure?.detail.contains(word) == true, "\(failure as Any)")
        }
    }
}

/// The status that a server answers with over TLS, or the code of the failure.
private func ask(
    _ origin: TLSOrigin,
    _ name: String,
    trust: TLSContext.Trust,
    identity: TLSContext.Identity? = nil
) async throws -> String {
    let context = try TLSContext(trust: trust, identity: identity)
    return try await withLoop { loop async throws in
        do throws(TransportFailure) {
            let stream = try await secure(origin, context, name, on: loop)
            return try await status(of: stream, on: loop)
        } catch {
            return error.code
        }
    }
}

private func secure(_ origin: TLSOrigin, _ context: TLSContext, _ name: String, on loop: isolated EventLoop)
    async throws(TransportFailure) -> Transport.Stream
{
    let deadline = loop.now + .seconds(30)
    let connector = Connector(resolver: Resolver())
    let endpoint = Endpoint.host("127.0.0.1", port: origin.port)
    let stream = try await Stream.connect(to: endpoint, by: connector, until: deadline, on: loop)
    try await stream.startTLS(context, name: name, until: deadline, on: loop)
    return stream
}

private func status(of stream: Transport.Stream, on loop: isolated EventLoop) async throws(TransportFailure) -> String {
    let deadline = loop.now + .seconds(30)
    try await stream.send(Array("GET /ok HTTP/1.0\r\n\r\n".utf8), until: deadline, on: loop)
    var bytes: [UInt8] = []
    while try await stream.receive(into: &bytes, until: deadline, on: loop) > 0 {}
    return String(String(decoding: bytes, as: UTF8.self).dropFirst("HTTP/1.0 ".count).prefix(3))
}
