import TestSupport
import Testing

struct PostgreSQLStragglerTests {
    private func check(_ server: ScriptedServer) throws -> PostgreSQLCheck {
        try PostgreSQLCheck("postgres://someone@127.0.0.1:\(server.port)/things", ["query": "SELECT 1"])
    }

    @Test("While a query is unanswered no other connection is made, for twice the time-out at most")
    func unanswered() async throws {
        let server = try ScriptedServer(.postgresQuerySilent)
        defer { server.stop() }
        let check = try check(server)
        #expect(await check.code(within: .seconds(5)) == "exchange.timed_out")
        #expect(server.openCount == 1)
        #expect(await check.sentence(within: .milliseconds(200)).contains("an earlier probe is still at work"))
        #expect(server.acceptedCount == 1)

        server.script = .postgres()
        #expect(await check.code(within: .seconds(20)) == "passed")
        #expect(server.acceptedCount == 2)
        try await server.waitUntilAllClosed()
    }

    @Test("Once a query is answered, however late, the next probe begins, and not before")
    func lateAnswer() async throws {
        let late = ScriptedServer.Script("late") { conversation in
            try conversation.letIn()
            try conversation.expect(until: "COMMIT\0")
            try conversation.pause(.seconds(6))
            conversation.note("answered")
            try conversation.send("E\0\0\0\u{13}SERROR\0C57014\0\0Z\0\0\0\u{5}E")
            conversation.stayUntilClosed()
        }
        let server = try ScriptedServer(.each { $0 == 0 ? late : .postgresAsking("asked again") })
        defer { server.stop() }
        let check = try check(server)
        #expect(await check.code(within: .seconds(5)) == "exchange.timed_out")
        #expect(await check.code(within: .seconds(20)) == "login.starting")
        #expect(server.notes == ["answered", "asked again"])
    }

    @Test("A server that goes away under a query has answered as well")
    func endOfServer() async throws {
        let server = try ScriptedServer(.postgresQuerySilent)
        let check = try check(server)
        #expect(await check.code(within: .seconds(5)) == "exchange.timed_out")
        server.stop()
        #expect(await check.code() == "connect.refused")
    }

    @Test("A check that goes while a query is unanswered takes the connection with it")
    func abandoned() async throws {
        let server = try ScriptedServer(.postgresQuerySilent)
        defer { server.stop() }
        do {
            let check = try check(server)
            #expect(await check.code(within: .seconds(5)) == "exchange.timed_out")
        }
        try await server.waitUntilAllClosed()
    }

    @Test("A cancelled query leaves nothing behind")
    func cancelled() async throws {
        let server = try ScriptedServer(.postgresQuerySilent)
        defer { server.stop() }
        let check = try check(server)
        let code = await withTaskGroup(of: String.self) { group in
            group.addTask { await check.code(within: .seconds(60)) }
            try? await eventually("a query") { server.received.first?.contains(UInt8(ascii: "Q")) == true }
            group.cancelAll()
            return await group.next() ?? "nothing"
        }
        #expect(code == "exchange.closed")
        try await server.waitUntilAllClosed()
    }
}

extension ScriptedServer.Script {
    /// Notes that it was asked, and refuses.
    fileprivate static func postgresAsking(_ note: String) -> Self {
        Self("asking") { conversation in
            conversation.note(note)
            try conversation.takeStartupPacket()
            try conversation.send("E\0\0\0\u{13}SFATAL\0C57P03\0\0")
        }
    }
}
