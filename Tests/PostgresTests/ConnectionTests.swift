import TestSupport
import Testing
import Transport

@testable import Postgres

struct ConnectionTests {
    private let parameters = LoginParameters(serverName: "localhost", user: "someone", database: "things")

    private func address(_ port: UInt16) -> Address { .ipv4([127, 0, 0, 1], port: port) }

    /// Logs in on a loop of its own, and asks once; nothing may stay on the loop.
    private func attempt(
        _ parameters: LoginParameters,
        _ ports: [UInt16],
        within time: Duration = .seconds(10)
    ) async throws -> PostgresFailure? {
        let loop = try EventLoop()
        try loop.start(named: "test")
        defer { loop.stop() }
        let failure = await converse(parameters, ports.map(address), until: loop.now + time, on: loop)
        let load = await loop.load
        #expect(load.slots == 0 && load.timers == 0)
        return failure
    }

    private func converse(
        _ parameters: LoginParameters,
        _ addresses: [Address],
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async -> PostgresFailure? {
        do throws(PostgresFailure) {
            let connection = try await Connection.login(parameters, to: addresses, until: deadline, on: loop)
            try await connection.synchronise(until: deadline, on: loop)
            return nil
        } catch {
            return error
        }
    }

    @Test("An address that does not answer leaves enough time for the next one")
    func blackHole() async throws {
        let dead = try BlackHole()
        let refused = try RefusedPort()
        let server = try ScriptedServer(.postgres())
        #expect(try await attempt(parameters, [dead.port, refused.port, server.port]) == nil)
        try await server.waitUntilAllClosed()
    }

    @Test("Where no address answers, the last one's failure is the login's")
    func noneAnswers() async throws {
        let dead = try BlackHole()
        let refused = try RefusedPort()
        let failure = try await attempt(parameters, [dead.port, refused.port], within: .seconds(8))
        #expect(failure == .transport(TransportFailure(.connect, .refused, "Connection refused")))
        let other = try await attempt(parameters, [refused.port, dead.port], within: .seconds(2))
        #expect(other == .timedOut(at: .connect))
    }

    @Test("Once an address has answered, no other is tried")
    func firstAnswerIsFinal() async throws {
        let starting = try ScriptedServer(.postgresStarting)
        let server = try ScriptedServer(.postgres())
        guard case .server(let error, .login)? = try await attempt(parameters, [starting.port, server.port]) else {
            Issue.record("the first address refused")
            return
        }
        #expect(error.sqlState == "57P03")
        #expect(server.acceptedCount == 0)
    }

    @Test("A server that says everything one byte at a time is heard out")
    func drip() async throws {
        var parameters = parameters
        parameters.password = "secret-word"
        let server = try ScriptedServer(.drippingTrust)
        #expect(try await attempt(parameters, [server.port]) == nil)
    }

    @Test("A request for the password in clear that comes one byte at a time gets none")
    func drippedRequest() async throws {
        var parameters = parameters
        parameters.password = "secret-word"
        parameters.tlsMode = .prefer
        let server = try ScriptedServer(.drippingClearText)
        guard case .transport(let failure)? = try await attempt(parameters, [server.port]) else {
            Issue.record("the request was not refused")
            return
        }
        #expect(failure.stage == .secure && failure.reason == .unsupported)
        try await server.waitUntilAllClosed()
        #expect(!server.received.joined().contains(sequence: Array("secret-word".utf8)))
    }

    @Test("A request that breaks off in the middle is a closed connection, not a long wait")
    func brokenRequest() async throws {
        var parameters = parameters
        parameters.password = "secret-word"
        let server = try ScriptedServer(
            .dialogue(
                [.expect(count: 8), .send("N"), .expect(count: 8), .sendBytes([UInt8(ascii: "R"), 0, 0])],
                closing: true
            )
        )
        let failure = try await attempt(parameters, [server.port])
        #expect(failure.map(\.reason) == .closed)
    }

    @Test("A row that claims to be 1 GiB long makes nobody allocate that much")
    func hugeRow() async throws {
        let before = residentBytes()
        let server = try ScriptedServer(.claimingHugeRow)
        let failure = try await attempt(parameters, [server.port], within: .seconds(2))
        #expect(failure != nil)
        #expect(residentBytes() - before < 256 << 20)
    }

    @Test("A cancelled login ends at once")
    func cancelled() async throws {
        let server = try ScriptedServer(.silent)
        let loop = try EventLoop()
        try loop.start(named: "test")
        defer { loop.stop() }
        let addresses = [address(server.port)]
        let failure = await withTaskGroup(of: PostgresFailure?.self) { group in
            group.addTask(executorPreference: loop.executor) { [parameters] in
                await self.converse(parameters, addresses, until: loop.now + .seconds(3600), on: loop)
            }
            try? await eventually { server.acceptedCount == 1 }
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(failure == .cancelled(at: .login))
        try await server.waitUntilAllClosed()
    }
}
