import Health
import TestSupport
import Testing

@testable import Probes

/// The probe against scripted servers, for what no server here does.
struct RabbitMQProbeTests {
    @Test("Without a user it is guest, and the virtual host is /")
    func defaults() async throws {
        let server = try ScriptedServer(Self.script([Broker.start(), Broker.tune(), Broker.openOk, .closeOk]))
        try await Bench.use { bench async throws in
            #expect(try await bench.code("url: amqp://127.0.0.1:\(server.port)") == nil)
        }
        try await server.waitUntilAllClosed()
        let login = RabbitMQDialogue.Login(user: "guest", password: "guest")
        let said =
            [AMQPFrame.startOk(login), .tuneOk(.init(frame: 8192, heartbeat: 5)), .open(virtualHost: "/"), .close]
        #expect(server.received == [AMQPFrame.protocolHeader + said.flatMap(\.bytes)])
    }

    @Test(
        "The virtual host is what follows the first slash",
        arguments: [
            ("/shop", "shop"), ("/%2f", "/"), ("//", "/"), ("/", "/"), ("/a%2Fb%20c", "a/b c"), ("?vhost=x", "x"),
        ]
    )
    func virtualHosts(tail: String, name: String) async throws {
        let server = try ScriptedServer(Self.script([Broker.start(), Broker.tune(), Broker.openOk, .closeOk]))
        try await Bench.use { bench async throws in
            #expect(try await bench.code("url: \"amqp://u:w@127.0.0.1:\(server.port)\(tail)\"") == nil)
        }
        try await server.waitUntilAllClosed()
        let open = AMQPFrame.open(virtualHost: name).bytes + AMQPFrame.close.bytes
        #expect(server.received[0].suffix(open.count) == open[...])
    }

    @Test("A server that goes away is judged by how far the conversation had come")
    func cutOff() async throws {
        let answers = [Broker.start(), Broker.tune(), Broker.openOk]
        let codes = ["exchange.closed", "login.closed", "login.closed", "exchange.closed"]
        for (count, code) in codes.enumerated() {
            let server = try ScriptedServer(Self.script(Array(answers.prefix(count)), closing: true))
            try await Bench.use { bench async throws in
                #expect(try await bench.code("url: amqp://127.0.0.1:\(server.port)") == code)
            }
        }
    }

    @Test("A failure that is known is told, though the server no longer answers the goodbye")
    func noGoodbye() async throws {
        let answers = [
            Broker.start(), Broker.tune(), Broker.openOk, Broker.channelOpenOk, Broker.channelClose(404, "NOT_FOUND"),
        ]
        let server = try ScriptedServer(Self.script(answers))
        try await Bench.use { bench async throws in
            let check = "url: amqp://127.0.0.1:\(server.port)\nqueue: orders"
            let probe = try bench.probe(check)
            let silenced = Task { await bench.run(probe, within: .seconds(3600)) }
            try await eventually("a goodbye") {
                server.received.first.map { $0.suffix(AMQPFrame.close.bytes.count) == AMQPFrame.close.bytes[...] }
                    ?? false
            }
            silenced.cancel()
            #expect(await silenced.value.failure?.code.description == "assert.not_found")
            server.script = Self.script(answers, closing: true)
            #expect(try await bench.code(check) == "assert.not_found")
        }
    }

    @Test("An answer in many pieces, with heartbeats")
    func pieces() async throws {
        let answers = [
            AMQPFrame.heartbeat, Broker.start(), .heartbeat, Broker.tune(), .heartbeat, Broker.openOk, .closeOk,
        ]
        let server = try ScriptedServer(
            .init("drip") { conversation in
                try conversation.drip(answers.flatMap(\.bytes), every: .milliseconds(1))
                conversation.stayUntilClosed()
            }
        )
        try await Bench.use { bench async throws in
            #expect(try await bench.code("url: amqp://127.0.0.1:\(server.port)") == nil)
        }
    }

    /// Answers whatever is said; each answer after something was said.
    private static func script(_ answers: [AMQPFrame], closing: Bool = false) -> ScriptedServer.Script {
        .dialogue(
            answers.flatMap { [.expect(count: 8), .sendBytes($0.bytes)] as [ScriptedServer.Step] },
            closing: closing
        )
    }
}
