import Health
import TestSupport
import Testing

@testable import Probes

struct TCPProbeTests {
    @Test("A connection is a pass, over TCP and a unix socket, and ends without a reset")
    func connection() async throws {
        for server in [try ScriptedServer(.silent), try ScriptedServer(onUnixSocket: .silent)] {
            let url = server.path.isEmpty ? "tcp://127.0.0.1:\(server.port)" : "unix://\(server.path)"
            try await Bench.use { bench async throws in
                #expect(try await bench.code("url: \(url)") == nil)
            }
            try await server.waitUntilAllClosed()
            try await eventually("one connection") { server.acceptedCount == 1 }
        }
        try await Bench.use { bench async throws in
            #expect(try await bench.code("url: unix:///no/such/socket") == "connect.not_found")
        }
    }

    @Test("A dialogue with a server that speaks first")
    func dialogue() async throws {
        let server = try ScriptedServer(
            .dialogue([
                .send("220 mail.test ESMTP\r\n"), .expectUntil("EHLO me\r\n"), .send("250-SIZE\r\n250 OK\r\n"),
                .expect(count: 3), .sendBytes([0, 0xff, 10]),
            ])
        )
        try await Bench.use { bench async throws in
            let code = try await bench.code(
                #"""
                url: tcp://127.0.0.1:\#(server.port)
                steps:
                - expect: "220 "
                - send: 'EHLO me\r\n'
                - expect: '~ ^250 [A-Z]+'
                - expect: '\r\n'
                - send: '\x00\\\t'
                - expect: '\xff\n'
                """#
            )
            #expect(code == nil)
        }
        try await server.waitUntilAllClosed()
        #expect(server.received == [Array("EHLO me\r\n\u{0}\\\t".utf8)])
    }

    @Test("A server that says something else fails, and the sentence repeats nothing that was sent or came")
    func unexpected() async throws {
        let server = try ScriptedServer(.dialogue([.expectUntil("word"), .send("echo s3cret-word")], closing: true))
        try await Bench.use { bench async throws in
            let sentence = try await bench.sentence(
                "url: tcp://127.0.0.1:\(server.port)\nsteps: [{send: s3cret-word}, {expect: +OK}]"
            )
            #expect(
                sentence
                    == "127.0.0.1:\(server.port): assert.unexpected: the connection ended before step 2 came"
            )
        }
    }

    @Test("A pattern that a server keeps busy ends at the deadline")
    func catastrophe() async throws {
        let server = try ScriptedServer(.bytes(Array(repeating: UInt8(ascii: "a"), count: 4_000) + [98]))
        try await Bench.use { bench async throws in
            let check = "url: tcp://127.0.0.1:\(server.port)\nsteps: [{expect: '~ (.*a){40}$'}]"
            #expect(try await bench.code(check, within: .milliseconds(100)) == "exchange.timed_out")
        }
    }

    @Test("Wrong steps and ports are told when the configuration is read")
    func configuration() {
        let base = "url: tcp://db:1\nsteps: "
        func complaint(_ yaml: String) -> String? { Bench.load(yaml).1.first }
        #expect(complaint(base + #"[{expect: ""}]"#)?.contains("step 1: `expect` must not be empty") == true)
        #expect(
            complaint(base + #"[{send: a}, {expect: '\q'}]"#)?.contains("step 2: a backslash begins one of") == true
        )
        #expect(complaint(base + #"[{send: '\x+1'}]"#)?.contains(#"`\x` needs two hexadecimal digits"#) == true)
        #expect(complaint(base + #"[{expect: '~ (a)\1'}]"#)?.contains("back-reference") == true)
        #expect(complaint("url: tcp://db:3306")?.contains("bans a host") == true)
        #expect(complaint("url: tcp://db:3306\nallowAbortedConnects: true") == nil)
        #expect(complaint("url: tcp://db:6379")?.contains("`redis://` asks it whether it is ready") == true)
        #expect(complaint("url: tcp://db:6379\nsteps: [{send: PING}]") == nil)
        #expect(complaint("url: tcp://db") != nil)
    }
}
