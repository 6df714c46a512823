import TestSupport
import Testing

@Suite(.serialized, .enabled(if: RealServers.areWanted([.postgreSQL]), "PostgreSQL 15 is not installed"))
struct PostgreSQLQueryTests {
    private struct Question: CustomTestStringConvertible, Sendable {
        let query: String
        var expect: String?
        let answer: String

        var testDescription: String { "\(query), \(expect ?? "anything"): \(answer)" }
    }

    private static let questions = [
        Question(query: "SELECT 83", expect: ">= 80", answer: "passed"),
        Question(query: "SELECT 3", expect: ">= 80", answer: "assert.unexpected: 3, wanted >= 80"),
        Question(query: "SELECT 'a b', 2", expect: "a b", answer: "passed"),
        Question(query: "SELECT 'ready'", expect: "~ ^rea", answer: "passed"),
        Question(query: "SELECT 'busy'", expect: "~ ^rea", answer: "assert.unexpected: busy, wanted ~ ^rea"),
        Question(query: "SELECT ''", expect: "not empty", answer: "assert.unexpected: an empty text, wanted not empty"),
        Question(query: "SELECT NULL", expect: "not empty", answer: "assert.unexpected: NULL, wanted not empty"),
        Question(query: "SELECT NULL", answer: "passed"),
        Question(query: "SELECT 1 WHERE false", answer: "assert.not_found"),
        Question(query: "SET LOCAL work_mem = '1MB'", answer: "assert.not_found"),
        Question(query: "SELECT 1; -- and nothing else", answer: "passed"),
        Question(query: "SELECT generate_series(1, 5000)", expect: "1", answer: "passed"),
        Question(query: "SELECT repeat('x', 3000000)", expect: "x", answer: "assert.unexpected: xxx"),
        Question(query: "SELECT count(*) FROM nope", answer: "assert.not_found: 42P01"),
        Question(query: "SELECT nope FROM pg_class", answer: "assert.not_found: 42703"),
        Question(query: "SELECT * FROM hidden", answer: "exchange.denied: 42501"),
        Question(query: "CREATE TABLE mine (x int)", answer: "exchange.read_only: 25006"),
        Question(query: "SELEC 1", answer: "exchange.unexpected: 42601"),
        Question(query: "COPY pg_class TO STDOUT", answer: "exchange.unexpected"),
        Question(query: "SELECT 1/0", answer: "exchange.unexpected: 22012"),
        Question(
            query: "DO $$ BEGIN FOR i IN 1..9 LOOP RAISE NOTICE 'n'; END LOOP; END $$; SELECT 5",
            expect: "5",
            answer: "passed"
        ),
    ]

    @Test("A query's first cell is judged, and what it cannot do has its code")
    func questions() async throws {
        let server = try await PostgreSQLServer.start()
        defer { server.stop() }
        try await server.execute("CREATE TABLE hidden (x int); CREATE ROLE plain LOGIN PASSWORD 'plain-secret'")
        for question in Self.questions {
            var options = ["query": question.query]
            options["expect"] = question.expect
            let check = try PostgreSQLCheck(server, user: "plain", password: "plain-secret", options)
            let sentence = await check.sentence(within: .seconds(20))
            #expect(sentence.contains(question.answer), "\(question.testDescription), not \(sentence)")
        }
        try await eventually("no session left") { try await server.backendCount() == 0 }
    }

    @Test("Under a migration's lock never more than one backend of ours waits, and none once its time is over")
    func lock() async throws {
        let server = try await PostgreSQLServer.start()
        defer { server.stop() }
        try await server.execute("CREATE TABLE things (x int)")
        let migration = try await server.openSession()
        try await migration.execute("BEGIN; LOCK TABLE things IN ACCESS EXCLUSIVE MODE")
        let check = try PostgreSQLCheck(server, ["query": "SELECT count(*) FROM things"])
        let counter = try await server.openSession()
        let ours = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'allclear'"

        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    let count = try await counter.execute("\(ours) AND wait_event_type = 'Lock'")
                    #expect(count == "0" || count == "1")
                }
            }
            for _ in 0..<20 {
                #expect(await check.code(within: .milliseconds(150)).hasSuffix("timed_out"))
                await check.settle()
            }
            group.cancelAll()
        }
        try await eventually("no backend of ours, though the lock still stands") {
            try await counter.execute(ours) == "0"
        }
        try await migration.execute("COMMIT")
        #expect(await check.code() == "passed")
        try await eventually("no backend of ours") { try await counter.execute(ours) == "0" }
    }

    @Test("A server that freezes under a query is not asked again before it has answered")
    func frozenUnderQuery() async throws {
        let server = try await PostgreSQLServer.start()
        defer { server.stop() }
        try await server.execute("CREATE TABLE things (x int)")
        let migration = try await server.openSession()
        try await migration.execute("BEGIN; LOCK TABLE things IN ACCESS EXCLUSIVE MODE")
        let check = try PostgreSQLCheck(server, ["query": "SELECT count(*) FROM things"])
        async let first = check.sentence(within: .seconds(3))
        try await eventually("a query that waits") {
            try await server.execute("SELECT count(*) FROM pg_locks WHERE NOT granted") == "1"
        }
        server.freeze()
        #expect(await first.hasSuffix("exchange.timed_out"))
        #expect(await check.sentence(within: .milliseconds(100)).contains("an earlier probe is still at work"))
        server.thaw()
        migration.close()
        #expect(await check.code(within: .seconds(20)) == "passed")
        try await eventually("no session left") { try await server.backendCount() == 0 }
    }
}
