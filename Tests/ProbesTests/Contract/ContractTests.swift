import Configuration
import Health
import TestSupport
import Testing
import Transport

@testable import Probes

/// Every built-in protocol against everything that a broken server may do; a line in ``ProbeTypes`` enrols a protocol.
@Suite struct ContractTests {
    /// The protocols that connect.
    static let types = ProbeTypes.all.filter { $0.check.selector == .url }.map(\.check.name)

    /// What a check of each type needs besides its URL; the usual scheme and no options where a type is not listed.
    private static let options = [
        "tcp": #"steps: [{send: "PING\r\n"}, {expect: "+PONG"}]"#
    ]

    private static func yaml(_ type: String, _ port: UInt16) -> String {
        let scheme = ProbeTypes.type(named: type).check.schemes[0].name
        let user = type == "postgres" ? "user:word@" : ""
        let tail = type == "postgres" ? "/db?sslmode=disable" : ""
        let url = #"url: "\#(scheme)://\#(user)127.0.0.1:\#(port)\#(tail)""#
        return [url, options[type]].compactMap(\.self).joined(separator: "\n")
    }

    /// For an answer that never comes.
    private static let short = Duration.milliseconds(400)
    /// No machine is as slow as this; who does not heed the deadline waits for ever.
    private static let forEver = Duration.seconds(60)

    @Test("Refused", arguments: types)
    func refused(type: String) async throws {
        let port = try RefusedPort()
        #expect(try await codes(of: type, at: port.port, Self.forEver) == ["connect.refused"])
    }

    @Test("Black-holed", arguments: types)
    func blackHoled(type: String) async throws {
        let hole = try BlackHole()
        #expect(try await codes(of: type, at: hole.port, Self.short) == ["connect.timed_out"])
    }

    @Test("A server that misbehaves", arguments: types, ScriptedServer.Script.misbehaviours)
    func misbehaves(type: String, script: ScriptedServer.Script) async throws {
        let server = try ScriptedServer(script)
        let allowed = Self.allowed(type, script)
        let isInVain = allowed.contains { $0.hasSuffix(".timed_out") }
        let codes = try await codes(of: type, at: server.port, isInVain ? Self.short : Self.forEver)
        #expect(codes.isSubset(of: allowed))
        try await server.waitUntilAllClosed()
    }

    @Test("A cancelled probe ends at once and leaves nothing behind", arguments: types)
    func cancelled(type: String) async throws {
        let server = try ScriptedServer(.silent)
        try await Bench.use { bench async throws in
            let probe = try bench.probe(Self.yaml(type, server.port))
            let task = Task { await bench.run(probe, within: .seconds(3600)) }
            try await eventually("a connection") { server.openCount > 0 }
            task.cancel()
            #expect(await task.value.failure != nil)
            try await server.waitUntilAllClosed()
        }
    }

    /// Probes twice: what a first probe may keep, as a library's handle, a second one must not keep again.
    private func codes(of type: String, at port: UInt16, _ patience: Duration) async throws -> Set<String> {
        let loop = try EventLoop()
        try loop.start(named: "contract")
        defer { loop.stop() }
        let bench = Bench(loop: loop)
        let probe = try bench.probe(Self.yaml(type, port))
        let start = ContinuousClock.now
        let first = await bench.run(probe, within: patience)
        let load = await loop.load
        let second = await bench.run(probe, within: patience)
        #expect(await loop.load == load)
        #expect(ContinuousClock.now - start < Self.forEver)
        return Set([first, second].map { $0.failure?.code.description ?? "passed" })
    }

    /// The codes that fit a misbehaviour: a failure in the words of the protocol where it can tell, never a pass.
    private static func allowed(_ type: String, _ script: ScriptedServer.Script) -> Set<String> {
        let stages: [FailureCode.Stage] = [.secure, .login, .exchange]
        func all(_ reasons: FailureCode.Reason...) -> Set<String> {
            Set(stages.flatMap { stage in reasons.map { FailureCode(stage, $0).description } })
        }
        // A dialogue of the user's own knows only what it expects, not what is wrong.
        let isFree = type == "tcp"
        // TLS calls by its name what is no TLS, and an alert for what it demands.
        let alien = type == "tls" ? ["secure.unsupported", "secure.malformed", "secure.required"] : all(.malformed)
        switch script.description {
        case "silent": return all(.timedOut)
        case "close": return all(.closed)
        // The reset may be there before the connection is looked at.
        case "reset": return all(.closed).union(["connect.closed"])
        case "drip": return all(.timedOut).union(alien)
        case "flood": return isFree ? ["assert.unexpected"] : alien
        default: return isFree ? ["exchange.timed_out"] : alien
        }
    }
}
