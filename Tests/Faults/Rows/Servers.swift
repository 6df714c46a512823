import Foundation
import TestSupport

/// A real PostgreSQL under the whole program: rows 12, 13, 14, 17, 19 and 20.
let serverRows: [Row] = [
    .run(12, "PostgreSQL: every slot is taken", needs: postgres) {
        try await withServer { server, gateway in
            let before = try await server.backendCount()
            try demand(before <= 1, "\(before) backends of ours between two checks")
            let sessions = try await server.fill()
            try await gateway.expect("db", "login.overloaded", within: tempo.detection)
            for session in sessions { session.close() }
            // An overloaded server may be left alone for 30 s (CONTRACT section 7).
            try await gateway.expect("db", "pass", within: .seconds(35))
        }
    },
    .run(13, "PostgreSQL starting up and shutting down", needs: postgres) {
        try await withServer { server, gateway in
            try await server.startHeld(in: .startingUp)
            try await gateway.expect("db", "login.starting", within: tempo.detection)
            try await server.releaseRecovery()
            try await gateway.expect("db", "pass", within: tempo.recovery)
            let session = try await server.openSession()
            server.shutDown(.smart)
            try await gateway.expect("db", "login.stopping", within: tempo.detection)
            session.close()
            try await server.waitForEnd()
            try await gateway.expect("db", "connect.refused", within: tempo.detection)
            try await server.start()
            try await gateway.expect("db", "pass", within: tempo.recovery)
        }
    },
    .run(
        14,
        "PostgreSQL: password changed, login taken, rejected, database gone",
        needs: postgres,
        within: .seconds(90)
    ) {
        let faults: [(break: String, mend: String, codes: [String])] = [
            ("ALTER ROLE app PASSWORD 'other'", "ALTER ROLE app PASSWORD 'app-secret'", ["login.denied"]),
            ("ALTER ROLE app NOLOGIN", "ALTER ROLE app LOGIN", ["login.denied"]),
            ("ALTER DATABASE app RENAME TO gone", "ALTER DATABASE gone RENAME TO app", ["login.not_found"]),
        ]
        for fault in faults {
            try await withServer { server, gateway in
                try await breaking { try await server.execute(fault.break) }
                try await gateway.expect("db", fault.codes[0], within: tempo.detection)
                try demand(!gateway.executable.errorOutput.contains("app-secret"), "the log holds the password")
                let ready = try await gateway.get("/ready?verbose").text
                try demand(!ready.contains("app-secret"), "/ready holds the password")
                try await server.execute(fault.mend)
                // Asked half as often each time, to spare whoever counts refused logins.
                try await gateway.expect("db", "pass", within: .seconds(15))
            }
        }
        try await withServer { server, gateway in
            try await server.setAccess(["host all app all reject"])
            try await gateway.expect("db", "login.denied", within: tempo.detection)
        }
    },
    .run(17, "PostgreSQL frozen", needs: postgres) {
        try await withServer { server, gateway in
            server.freeze()
            try await gateway.expect("db", "login.timed_out", "exchange.timed_out", within: tempo.detection)
            // Twice the time-out for a query that is under way (CONTRACT section 11).
            server.thaw()
            try await gateway.expect("db", "pass", within: tempo.recovery + tempo.timeout * 2)
        }
    },
    .run(19, "PostgreSQL killed with a query under way; a backend crashes", needs: postgres) {
        try await withServer(query: "SELECT pg_sleep(0.2)") { server, gateway in
            try await server.kill9()
            let gone = ["connect.refused", "exchange.closed", "login.closed"]
            try await gateway.expect("db", gone[0], gone[1], gone[2], within: tempo.detection)
            try await server.start()
            try await gateway.expect("db", "pass", within: tempo.recovery + .seconds(1))
            try await server.crashIntoRecovery()
            try await gateway.expect("db", "login.recovering", "login.starting", within: tempo.detection)
            try await server.releaseRecovery()
            try await gateway.expect("db", "pass", within: tempo.recovery + .seconds(1))
        }
    },
    .run(20, "PostgreSQL: the primary is a standby, and becomes primary", needs: postgres) {
        let primary = try await PostgreSQLServer.start()
        let standby = try await primary.createStandby()
        defer {
            standby.stop()
            primary.stop()
        }
        let checks = [primary, standby].map { check("name", port: $0.port, more: ",role=primary", user: superuser) }
        let (first, second) = (checks[0].replacing("name", with: "one"), checks[1].replacing("name", with: "two"))
        try await GatewayUnderTest.run(
            .init(checks: [first, second], startsReady: false, keeping: [primary, standby])
        ) { gateway in
            try await gateway.expect("one", "pass", within: tempo.recovery)
            try await gateway.expect("two", "assert.wrong_role", within: tempo.detection)
            try await primary.kill9()
            try await standby.promote()
            try await gateway.expect("one", "connect.refused", within: tempo.detection)
            try await gateway.expect("two", "pass", within: tempo.recovery)
        }
    },
]

private let postgres: [Need] = [.server(.postgreSQL)]
private let tempo = Tempo(period: .seconds(1), timeout: .seconds(1), failureThreshold: 2)
private let superuser = "postgres:\(PostgreSQLServer.superuserPassword)"

private func check(_ name: String, port: UInt16, more: String = "", user: String = "app:app-secret") -> String {
    let database = user == superuser ? "postgres" : "app"
    return "\(name)=postgres://\(user)@127.0.0.1:\(port)/\(database)?sslmode=disable\(tempo.options)\(more)"
}

/// A server with a role and a database for the check `db`, and a gateway that finds it well by a login each time: what a
/// connection that is held makes of these faults is for HoldingTests, as its canary comes every 30 s.
private func withServer(
    query: String? = nil,
    _ body: (PostgreSQLServer, GatewayUnderTest) async throws -> Void
) async throws {
    try await PostgreSQLServer.running { server in
        try await server.execute("CREATE ROLE app LOGIN PASSWORD 'app-secret'")
        try await server.execute("CREATE DATABASE app OWNER app")
        let more = ",hold=false" + (query.map { ",query=\($0)" } ?? "")
        try await GatewayUnderTest.run(checks: check("db", port: server.port, more: more), keeping: server) { gateway in
            try await body(server, gateway)
        }
    }
}

/// Repeats what PostgreSQL refuses while somebody is connected.
private func breaking(_ work: () async throws -> Void) async throws {
    try await eventually("the server takes the change", within: .seconds(10)) {
        do {
            try await work()
            return true
        } catch is Tool.Failure { return false }
    }
}
