import BenchmarkSupport
import Foundation
import TestSupport
import Testing

struct BenchmarkSupportTests {
    @Test(
        "A percentile lies between its neighbours in proportion",
        arguments: [(0.0, 1.0), (50, 2.5), (99, 3.97), (100, 4)]
    )
    func percentiles(percent: Double, value: Double) {
        #expect(abs(Samples([3, 1, 4, 2]).percentile(percent) - value) < 1e-9)
    }

    @Test("There is no median of nothing")
    func nothing() {
        #expect(Samples().median.isNaN)
    }

    @Test("The client asks as often as it is told to, on connections that it keeps")
    func keptConnections() async throws {
        let origin = try HTTPOrigin(["/": .init(200, body: "well")])
        defer { origin.stop() }
        let outcome = try await LoadClient.run(100, on: origin.port, "/", .kept, connections: 4)
        #expect(origin.requests.count == 100)
        #expect(origin.acceptedCount == 4)
        #expect(outcome.refusals == 0)
    }

    @Test("The client has a connection for each request where it is told to")
    func freshConnections() async throws {
        let origin = try HTTPOrigin { request in
            .init(200, headers: request.headers["connection"] == "close" ? [("Connection", "close")] : [])
        }
        defer { origin.stop() }
        _ = try await LoadClient.run(50, on: origin.port, "/", .fresh, connections: 4)
        #expect(origin.acceptedCount == 50)
    }

    @Test("The client counts answers that are not 200")
    func refusals() async throws {
        let origin = try HTTPOrigin(["/": .init(503, body: "not well")])
        defer { origin.stop() }
        let outcome = try await LoadClient.run(10, on: origin.port, "/", .kept, connections: 1)
        #expect(outcome.refusals == 10)
    }

    @Test("The processor time of a family is that of its children too")
    func family() async throws {
        let busy = try Executable(["-c", "/bin/sh -c 'while :; do :; done' & wait"], program: "/bin/sh")
        defer { kill(-busy.process.processIdentifier, SIGKILL) }
        try await eventually("the child has worked") {
            ProcessFigures.processorTime(ofFamily: busy.process.processIdentifier) > .milliseconds(50)
        }
        #expect(ProcessFigures(of: busy.process.processIdentifier).processes == 2)
    }

    @Test("The stand-in for Redis answers as one, and denies itself in every other second when it flaps")
    func flapping() async throws {
        let redis = try FlappingRedis()
        defer { redis.stop() }
        #expect(redis.firstAnswer == nil)
        #expect(try await ping(redis.port) == "+PONG\r\n")
        #expect(redis.firstAnswer != nil)
        redis.flaps = true
        try await eventually("an error") { try await ping(redis.port).hasPrefix("-ERR") }
        try await eventually("an answer") { try await ping(redis.port) == "+PONG\r\n" }
    }

    private func ping(_ port: UInt16) async throws -> String {
        try await onThread {
            let socket = try PlainSocket.connect(to: .loopback(port))
            try socket.write(Array("PING\r\n".utf8))
            return String(decoding: try socket.read(within: .seconds(5)), as: UTF8.self)
        }
    }
}
