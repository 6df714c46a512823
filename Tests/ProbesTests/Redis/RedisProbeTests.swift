import Health
import TestSupport
import Testing

@testable import Probes

/// The probe against scripted servers, for what no server here does.
struct RedisProbeTests {
    @Test("A server from before HELLO is asked again in its own words, within the same deadline")
    func oldServer() async throws {
        let server = try ScriptedServer(
            .each { number in
                number == 0
                    ? .dialogue([.expectUntil("PING\r\n"), .send("-ERR unknown command 'HELLO'\r\n-NOAUTH no\r\n")])
                    : .dialogue([.expectUntil("ROLE\r\n"), .send("+OK\r\n+PONG\r\n*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n")])
            }
        )
        try await Bench.use { bench async throws in
            let check = "url: \"redis://:word@127.0.0.1:\(server.port)\"\nrole: primary"
            #expect(try await bench.code(check) == nil)
        }
        try await server.waitUntilAllClosed()
        #expect(server.acceptedCount == 2)
        let second = String(decoding: server.received[1], as: UTF8.self)
        #expect(second == "*2\r\n$4\r\nAUTH\r\n$4\r\nword\r\n*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nROLE\r\n")
    }

    @Test("A password that the server repeats is not shown")
    func repeatedPassword() async throws {
        let line = "-ERR unknown command `AUTH`, with args beginning with: `s3cret-word`, \r\n"
        let server = try ScriptedServer(.bytes(Array(line.utf8)))
        try await Bench.use { bench async throws in
            let check = "url: \"redis://:s3cret-word@127.0.0.1:\(server.port)\""
            let sentence = try await bench.sentence(check)
            #expect(sentence == "127.0.0.1:\(server.port): login.unsupported: ERR")
        }
    }

    @Test("An answer in many pieces, and one that is cut off")
    func pieces() async throws {
        let answer = "*2\r\n$4\r\nrole\r\n$6\r\nmaster\r\n+PONG\r\n"
        let server = try ScriptedServer(
            .init("drip") { conversation in
                try conversation.drip(Array(answer.utf8), every: .milliseconds(1))
                conversation.stayUntilClosed()
            }
        )
        try await Bench.use { bench async throws in
            #expect(try await bench.code("url: redis://127.0.0.1:\(server.port)") == nil)
            server.script = .dialogue([.expectUntil("PING\r\n"), .send("*2\r\n$4\r\nrole\r\n")], closing: true)
            #expect(try await bench.code("url: redis://127.0.0.1:\(server.port)") == "exchange.closed")
            #expect(try await bench.code("url: redis://:w@127.0.0.1:\(server.port)") == "login.closed")
        }
    }
}
