import TestSupport
import Testing

@testable import Probes

struct PostgreSQLScriptedTests {
    private static let canary = "canary-password"

    private func check(_ server: ScriptedServer, _ options: [String: String] = [:]) throws -> PostgreSQLCheck {
        try PostgreSQLCheck("postgres://someone:\(Self.canary)@127.0.0.1:\(server.port)/things", options)
    }

    private struct Case: CustomTestStringConvertible, Sendable {
        let script: ScriptedServer.Script
        let code: String
        var testDescription: String { "\(script): \(code)" }
    }

    private static let cases = [
        Case(script: .silent, code: "login.timed_out"),
        Case(script: .close, code: "login.closed"),
        Case(script: .reset, code: "login.closed"),
        Case(script: .banner, code: "login.malformed"),
        Case(script: .garbage, code: "login.malformed"),
        Case(script: .tlsRecord, code: "login.malformed"),
        Case(script: .drip, code: "login.malformed"),
        Case(script: .flood, code: "login.malformed"),
        Case(script: .postgresHugeLength, code: "login.malformed"),
        Case(script: .postgresNegativeLength, code: "login.malformed"),
        Case(script: .postgresTooMany, code: "login.overloaded"),
        Case(script: .postgresStarting, code: "login.starting"),
        Case(script: .postgresShutdown, code: "login.stopping"),
        Case(script: .postgresRecovering, code: "login.recovering"),
        Case(script: .postgresNoDatabase, code: "login.not_found"),
        Case(script: .postgresClearText, code: "secure.unsupported"),
        Case(script: .postgresQuerySilent, code: "exchange.timed_out"),
        Case(script: .postgresNoticeFlood, code: "exchange.timed_out"),
        Case(script: .postgres(), code: "passed"),
    ]

    @Test("Each misbehaviour has its code, in time, and leaves no connection", arguments: cases)
    private func misbehaviour(_ item: Case) async throws {
        let server = try ScriptedServer(item.script)
        defer { server.stop() }
        #expect(try await check(server).code(within: .seconds(5)) == item.code)
        try await server.waitUntilAllClosed()
        #expect(!server.notes.contains { $0.contains(Self.canary) })
        #expect(!server.received.contains { String(decoding: $0, as: UTF8.self).contains(Self.canary) })
    }

    @Test("A query that is answered by nothing, or by notices for ever, ends at the deadline")
    func query() async throws {
        for script in [ScriptedServer.Script.postgresQuerySilent, .postgresNoticeFlood] {
            let server = try ScriptedServer(script)
            let check = try check(server, ["query": "SELECT 1"])
            #expect(await check.code(within: .seconds(5)) == "exchange.timed_out")
            server.stop()
        }
    }

    @Test("A server that demands TLS of us, or has none for us, gets no password")
    func verifyFull() async throws {
        let server = try ScriptedServer(.postgresClearText)
        defer { server.stop() }
        #expect(try await check(server, ["sslmode": "verify-full"]).code() == "secure.unsupported")
        #expect(server.notes.isEmpty)
    }

    @Test("A password may go in clear where the user has said so, and shows in no sentence")
    func expressly() async throws {
        let echo = ScriptedServer.Script("echo") { conversation in
            try conversation.takeStartupPacket(afterTLSRequest: false)
            try conversation.send([UInt8(ascii: "R"), 0, 0, 0, 8, 0, 0, 0, 3])
            try conversation.expect(until: "\(Self.canary)\0")
            let text = "SFATAL\0C28P01\0Mnobody knows \(Self.canary)\0\0"
            try conversation.send([UInt8(ascii: "E"), 0, 0, 0, UInt8(text.utf8.count + 4)] + Array(text.utf8))
        }
        let server = try ScriptedServer(echo)
        defer { server.stop() }
        let sentence = try await check(server, ["sslmode": "disable"]).sentence()
        #expect(sentence.contains("login.denied: 28P01 nobody knows ***"))
    }

    @Test("Without a login it is enough that the server asks for one")
    func withoutLogin() async throws {
        let wanted: [(ScriptedServer.Script, String)] = [
            (.postgresClearText, "passed"), (.postgresNoDatabase, "passed"), (.postgres(), "passed"),
            (.postgresRefusing("28000", "no pg_hba.conf entry"), "passed"),
            (.postgresStarting, "login.starting"), (.postgresTooMany, "login.overloaded"), (.close, "login.closed"),
            (.silent, "login.timed_out"), (.garbage, "login.malformed"), (.postgresQuerySilent, "exchange.timed_out"),
            (.postgresRefusing("57P03", "the database system is not accepting connections"), "login.denied"),
        ]
        for (script, code) in wanted {
            let server = try ScriptedServer(script)
            let check = try PostgreSQLCheck("postgres://127.0.0.1:\(server.port)", ["login": "false"])
            #expect(await check.code(within: .seconds(5)) == code, "\(script)")
            server.stop()
        }
    }

    @Test("A transaction that is left open fails the check")
    func openTransaction() async throws {
        let script = ScriptedServer.Script("open transaction") { conversation in
            try conversation.letIn()
            try conversation.expect(count: 5)
            try conversation.send("Z\0\0\0\u{5}T")
            conversation.stayUntilClosed()
        }
        let server = try ScriptedServer(script)
        defer { server.stop() }
        #expect(try await check(server).code() == "exchange.unexpected")
    }

    @Test("A server with no address fails with what the resolver says")
    func unresolved() async throws {
        let check = try PostgreSQLCheck("postgres://someone@no-such-name.invalid/things")
        #expect(await check.code().hasPrefix("resolve."))
    }

    @Test("A secret file that is gone is our failure, not the server's, and is read anew at each run")
    func secretFile() async throws {
        let folder = try TemporaryFolder("secret")
        let server = try ScriptedServer(.postgres())
        defer { server.stop() }
        let path = folder.file("password")
        let check = try PostgreSQLCheck("postgres://someone@127.0.0.1:\(server.port)/things", ["passwordFile": path])
        #expect(check.probe.secretFiles == [path])
        #expect(await check.code() == "configure.not_found")
        #expect(server.acceptedCount == 0)
        try folder.write("secret-word\n", to: "password")
        #expect(await check.code() == "passed")
    }
}
