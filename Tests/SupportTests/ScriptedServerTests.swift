import Foundation
import TestSupport
import Testing

struct ScriptedServerTests {
    private func text(_ socket: PlainSocket) throws -> String {
        var bytes: [UInt8] = []
        while case let more = try socket.read(within: .seconds(5)), !more.isEmpty { bytes += more }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("A dialogue answers step by step, records what it got and sees the client close")
    func dialogue() async throws {
        let server = try ScriptedServer(
            .dialogue([.expectUntil("\r\n"), .send("hello "), .expect(count: 3), .send("bye")], closing: true)
        )
        let socket = try PlainSocket.connect(to: server.address)
        try socket.write(Array("HI\r\nabc".utf8))
        #expect(try text(socket) == "hello bye")
        #expect(server.received == [Array("HI\r\nabc".utf8)])
        #expect(server.acceptedCount == 1)
        #expect(server.openCount == 1)
        socket.close()
        try await server.waitUntilAllClosed()
    }

    @Test("A server refuses and listens again on the same port")
    func flap() async throws {
        let server = try ScriptedServer(.bytes(Array("up".utf8)))
        for _ in 0..<3 {
            server.refuse()
            #expect { try PlainSocket.connect(to: server.address) } throws: {
                ($0 as? SystemFailure)?.code == ECONNREFUSED
            }
            try server.listenAgain()
            #expect(try PlainSocket.connect(to: server.address).read(within: .seconds(5)) == Array("up".utf8))
        }
    }

    @Test("A reset is a reset, a close is the end of the stream, a unix socket works as well")
    func endings() throws {
        let resetting = try ScriptedServer(.reset)
        // The reset may come while the connection is still being made.
        #expect {
            try PlainSocket.connect(to: resetting.address).read(within: .seconds(5))
        } throws: { ($0 as? SystemFailure)?.code == ECONNRESET }
        let closing = try ScriptedServer(onUnixSocket: .close)
        #expect(try PlainSocket.connect(to: closing.address).read(within: .seconds(5)).isEmpty)
    }

    @Test("stop() ends scripts that flood and drip", arguments: ScriptedServer.Script.misbehaviours)
    func stops(script: ScriptedServer.Script) throws {
        let server = try ScriptedServer(script)
        let socket = try? PlainSocket.connect(to: server.address)
        server.stop()
        #expect(server.openCount == 0)
        #expect(throws: SystemFailure.self) { try PlainSocket.connect(to: server.address) }
        socket?.close()
    }

    @Test(
        "psql sees the scripted PostgreSQL as one",
        .enabled(if: RealServers.areWanted([.postgreSQL]), "\(RealServers.whyNot([.postgreSQL]))")
    )
    func postgres() async throws {
        let server = try ScriptedServer(.postgresStandby)
        let psql = ["psql", "--no-psqlrc", "-Atc", "SELECT pg_is_in_recovery()"]
        let url = "postgres://u@127.0.0.1:\(server.port)/d"
        #expect(try await Tool.run(psql + [url]) == "t\n")
        server.script = .postgresTooMany
        await #expect { try await Tool.run(psql + [url]) } throws: { "\($0)".contains("too many clients") }
        server.script = .postgresClearText
        await #expect(throws: Tool.Failure.self) {
            try await Tool.run(psql + ["postgres://u:canary@127.0.0.1:\(server.port)/d"])
        }
        #expect(server.notes == ["password: canary"])
    }

    @Test("A black hole does not answer, a refused port refuses")
    func deadPorts() throws {
        let hole = try BlackHole()
        #expect { try PlainSocket.connect(to: .loopback(hole.port), within: .milliseconds(200)) } throws: {
            ($0 as? SystemFailure)?.code == ETIMEDOUT
        }
        let refused = try RefusedPort()
        #expect { try PlainSocket.connect(to: .loopback(refused.port)) } throws: {
            ($0 as? SystemFailure)?.code == ECONNREFUSED
        }
    }
}
