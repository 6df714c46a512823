import Health
import TestSupport
import Testing
import Transport

@testable import Probes

/// Connections to a real RabbitMQ that are kept.
@Suite(
    .serialized,
    .enabled(if: RealServers.areWanted([.rabbitMQ]), "RabbitMQ is not wanted or not installed"),
    SharedRabbitMQ()
)
struct RabbitMQConnectionTests {
    private let server: RabbitMQServer

    init() throws {
        (server, _) = try #require(SharedRabbitMQ.current)
    }

    private func check(_ options: String = "") -> String {
        "url: \"amqp://app:app-word@127.0.0.1:\(server.port)/shop\"\(options)"
    }

    @Test(
        "It can be asked over again and again, with a queue and without, and says goodbye",
        arguments: ["", "\nqueue: orders"]
    )
    func pings(options: String) async throws {
        try await Bench.use { bench async throws in
            let probe = try bench.probe(check(options))
            let answers = await ask(probe, times: 5, on: bench.loop)
            #expect(answers == [PingAnswer](repeating: .answered(.passed()), count: 5))
        }
        try await eventually("no connection") { try await server.connectionCount == 0 }
    }

    @Test("What a queue must be is asked by every ping")
    func queue() async throws {
        try await Bench.use { bench async throws in
            let probe = try bench.probe(check("\nqueue: orders\nmaxDepth: 0"))
            let answer = try await ask(probe, on: bench.loop) {
                try await server.publish("x", to: "orders", in: "shop")
            }
            try await server.purge("orders", in: "shop")
            #expect(
                answer
                    == .failed(
                        ProbeFailure(
                            FailureCode(.assert, .unexpected),
                            at: "127.0.0.1:\(server.port)",
                            "1 messages wait, wanted: 0 at most"
                        )
                    )
            )
        }
    }

    @Test("A broker that stops ends it, and a question over it is no failure of its own")
    func stopping() async throws {
        try await Bench.use { bench async throws in
            let probe = try bench.probe(check())
            let answer = try await ask(probe, on: bench.loop) { try await server.stopBroker() }
            #expect(answer == .lost)
        }
        try await server.startBroker()
        try await Bench.use { bench async throws in
            let probe = try bench.probe(check())
            try await eventually("a broker that lets us in again") { await bench.run(probe).failure == nil }
            let isDisturbed = try await listen(probe, on: bench.loop) { try await server.stopBroker() }
            #expect(isDisturbed)
        }
        try await server.startBroker()
    }
}

/// Opens a connection and asks over it.
private func ask(_ probe: any Probe, times: Int, on loop: isolated EventLoop) async -> [PingAnswer] {
    let connection = await probe.openStepwise(on: loop)
    var answers: [PingAnswer] = []
    for _ in 0..<times {
        if let answer = await connection?.ping(until: loop.now + .seconds(30), on: loop) { answers.append(answer) }
    }
    return answers
}

/// Opens a connection, does something to the server, and asks over it.
private func ask(_ probe: any Probe, on loop: isolated EventLoop, after event: () async throws -> Void) async throws
    -> PingAnswer?
{
    let connection = await probe.openStepwise(on: loop)
    try await event()
    return await connection?.ping(until: loop.now + .seconds(30), on: loop)
}

/// Opens a connection, does something to the server, and listens.
private func listen(_ probe: any Probe, on loop: isolated EventLoop, after event: () async throws -> Void) async throws
    -> Bool
{
    guard let connection = await probe.openStepwise(on: loop) else { return false }
    try await event()
    return await connection.isDisturbed(until: loop.now + .seconds(30), on: loop)
}
