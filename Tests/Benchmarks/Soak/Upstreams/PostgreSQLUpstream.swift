import TestSupport

/// A real PostgreSQL, with a check that holds its session and one that does not.
struct PostgreSQLUpstream: Upstream {
    let name = "db"
    let checks: [Check]
    let disturbances: [Disturbance] = [.killed, .frozen, .restarted, .denied, .stalled, .dropped]
    private let server: PostgreSQLServer

    init() async throws {
        server = try await PostgreSQLServer.start()
        try await server.createAccount("app", password: "app-secret")
        let url = "postgres://app:app-secret@127.0.0.1:\(server.port)/app"
        checks = [
            Check(name: "db", url: url, manner: .held, options: Check.canaryOption),
            Check(name: "db-fresh", url: url, manner: .fresh),
        ]
    }

    func disturb(_ disturbance: Disturbance) async throws -> ContinuousClock.Instant {
        let now = ContinuousClock.now
        switch disturbance {
        case .killed: return try await server.kill9()
        case .frozen, .stalled: return server.freeze()
        case .restarted: try await server.restart(waitUntilReady: false)
        case .denied: try await server.setAccess(["host all app all reject"])
        case .dropped:
            try await server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'")
        case .refused, .failing: preconditionFailure("not for PostgreSQL")
        }
        return now
    }

    func mend(_ disturbance: Disturbance) async throws -> ContinuousClock.Instant {
        let now = ContinuousClock.now
        switch disturbance {
        case .killed: try await server.start(waitUntilReady: false)
        case .frozen, .stalled: return server.thaw()
        case .denied: try await server.setAccess([])
        default: break
        }
        return now
    }

    func answers() -> Bool { server.asksForLogin(of: "app") }

    func stop() { server.stop() }
}
