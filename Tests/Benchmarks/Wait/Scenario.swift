import TestSupport

/// A service on its way up.
enum Scenario: String, CaseIterable {
    case postgreSQLStarting = "PostgreSQL starts within 3 s"
    case postgreSQLRecovering = "PostgreSQL starts within 1 s and recovers for 3 to 5 s"
    case redisStarting = "Redis starts within 3 s"
    case redisLoading = "Redis starts within 1 s and loads its data for 3 to 5 s"

    /// Whether it answers for a while before it is ready.
    var isGradual: Bool { [.postgreSQLRecovering, .redisLoading].contains(self) }

    /// A server that is not there yet.
    func prepare() async throws -> Service {
        switch self {
        case .postgreSQLStarting: return .postgreSQL(try await .prepared())
        case .postgreSQLRecovering:
            // One that was never up has nothing to recover.
            let server = try await PostgreSQLServer.start()
            try await server.kill9()
            return .postgreSQL(server)
        case .redisStarting: return .redis(try await .prepared())
        case .redisLoading:
            let server = try await RedisServer.start()
            try await server.prepareLoading()
            try await server.shutDown()
            return .redis(server)
        }
    }

    /// Starts the server and lets it become ready, after a while that nobody who waits can know.
    func raise(_ service: Service) async throws {
        switch (self, service) {
        case (.postgreSQLStarting, .postgreSQL(let server)):
            try await pause(0...3)
            try await server.start(waitUntilReady: false)
        case (.postgreSQLRecovering, .postgreSQL(let server)):
            try await pause(0...1)
            try await server.startHeld()
            try await pause(3...5)
            try await server.releaseRecovery(waitUntilReady: false)
        case (.redisStarting, .redis(let server)):
            try await pause(0...3)
            try await server.start(waitUntilReady: false)
        case (.redisLoading, .redis(let server)):
            try await pause(0...1)
            try await server.start(waitUntilReady: false)
            try await pause(3...5)
            try await server.finishLoading()
        default: preconditionFailure("\(service) is not what was prepared")
        }
    }

    private func pause(_ seconds: ClosedRange<Double>) async throws {
        try await Task.sleep(for: .seconds(.random(in: seconds)))
    }
}
