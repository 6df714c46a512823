import Configuration
import Health
import Testing

@testable import Probes

struct PostgreSQLRequirementsTests {
    private func code(_ requirements: PostgreSQLRequirements, _ rows: [[String?]]) -> String {
        do throws(ProbeFailure) {
            let value = try requirements.judge(rows)
            return value.map { "value \($0.text ?? "NULL")" } ?? "passed"
        } catch {
            return error.code.description
        }
    }

    @Test("A role is met by what the server says of itself")
    func roles() {
        let primary: [String?] = ["f", "off"]
        let locked: [String?] = ["f", "on"]
        let replica: [String?] = ["t", "off"]
        let table: [(PostgreSQLRole, primary: String, locked: String, replica: String)] = [
            (.primary, "passed", "passed", "assert.wrong_role"),
            (.replica, "assert.wrong_role", "assert.wrong_role", "passed"),
            (.standby, "assert.wrong_role", "assert.wrong_role", "passed"),
            (.readWrite, "passed", "assert.wrong_role", "assert.wrong_role"),
            (.readOnly, "assert.wrong_role", "passed", "passed"),
        ]
        for row in table {
            let requirements = PostgreSQLRequirements(role: row.0)
            #expect(code(requirements, [primary]) == row.primary)
            #expect(code(requirements, [locked]) == row.locked)
            #expect(code(requirements, [replica]) == row.replica)
        }
    }

    @Test("A replica's lag is judged only where it hears of a primary")
    func lag() {
        let requirements = PostgreSQLRequirements(maxLag: .seconds(5))
        #expect(code(requirements, [["t", "off", "0", "t"]]) == "passed")
        #expect(code(requirements, [["t", "off", "4.9", "t"]]) == "passed")
        #expect(code(requirements, [["t", "off", "5.1", "t"]]) == "assert.lagging")
        #expect(code(requirements, [["t", "off", nil, "t"]]) == "assert.lag_unknown")
        #expect(code(requirements, [["t", "off", "0", "f"]]) == "assert.broken")
        #expect(code(requirements, [["f", "off", "0", "f"]]) == "passed")
    }

    @Test(
        "What gates ask is seen beside what the check asks, and decides nothing itself",
        arguments: [
            (["f", "off", "0", "f"], ["primary", "read-write"], Duration.zero),
            (["f", "on", "0", "f"], ["primary", "read-only"], .zero),
            (["t", "off", "4.5", "t"], ["replica", "standby", "read-only"], .seconds(4.5)),
            (["t", "off", "-0.2", "t"], ["replica", "standby", "read-only"], .zero),
            (["t", "off", nil, "t"], ["replica", "standby", "read-only"], nil),
            // Positions stay equal for ever once the primary is gone.
            (["t", "off", "0", "f"], ["replica", "standby", "read-only"], nil),
        ] as [([String?], [String], Duration?)]
    )
    func observed(row: [String?], roles: [String], lag: Duration?) {
        let requirements = PostgreSQLRequirements(observed: [.role, .lag])
        #expect(requirements.replication(in: [row]) == Replication(roles: roles.map(ServerRole.init), lag: lag))
        #expect(code(requirements, [row]) == "passed")
        #expect(PostgreSQLRequirements(query: "SELECT 1").replication(in: [row]) == nil)
    }

    @Test("The lag is asked for only where somebody wants it, in the one message that asks for the role")
    func observedStatements() {
        let role = PostgreSQLRequirements(observed: [.role])
        #expect(!role.isEmpty)
        #expect(role.statements(within: .seconds(1)).contains("; SELECT pg_is_in_recovery(), "))
        #expect(!role.statements(within: .seconds(1)).contains("pg_stat_wal_receiver"))
        let lag = PostgreSQLRequirements(role: .primary, observed: [.lag]).statements(within: .seconds(1))
        #expect(lag.contains("pg_stat_wal_receiver"))
        #expect(lag.ranges(of: "SELECT pg_is_in_recovery()").count == 1)
    }

    @Test("The user's query is judged by its own first row, whatever was asked besides")
    func query() {
        let alone = PostgreSQLRequirements(query: "SELECT 1")
        #expect(code(alone, [["1", "2"]]) == "value 1")
        #expect(code(alone, [[nil]]) == "value NULL")
        #expect(code(alone, []) == "assert.not_found")
        let both = PostgreSQLRequirements(role: .primary, query: "SELECT 1")
        #expect(code(both, [["f", "off"], ["7"]]) == "value 7")
        #expect(code(both, [["f", "off"]]) == "assert.not_found")
        #expect(code(both, [["t", "off"], ["7"]]) == "assert.wrong_role")
    }

    @Test("A server that does not answer the question is not believed", arguments: [[], [["t"]], [[nil, "off"]]])
    func noAnswer(rows: [[String?]]) {
        #expect(code(PostgreSQLRequirements(role: .replica), rows) == "exchange.malformed")
    }

    @Test("Everything is asked in one message that can neither write nor last")
    func statements() {
        let requirements = PostgreSQLRequirements(query: "SELECT 1 -- one")
        let text = requirements.statements(within: .seconds(1))
        #expect(text == "BEGIN READ ONLY; SET LOCAL statement_timeout = 950; SELECT 1 -- one\n; COMMIT")
        #expect(PostgreSQLRequirements().isEmpty)
        #expect(!PostgreSQLRequirements(role: .primary).isEmpty)
    }

    @Test("However little time is left, the statement's time is not zero, which would be for ever")
    func littleTime() {
        for time in [Duration.milliseconds(5), .zero, .milliseconds(-20)] {
            #expect(PostgreSQLRequirements(query: "SELECT 1").statements(within: time).contains("timeout = 1;"))
        }
    }
}
