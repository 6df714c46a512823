import Foundation
import TestSupport
import Testing
import Transport

@testable import Postgres

@Suite(.enabled(if: RealServers.areWanted([.postgreSQL]), "PostgreSQL 15 is not installed"))
struct EnvironmentTests {
    /// What would send a login elsewhere, or change what it says.
    private static let hostile = [
        "PGHOST": "elsewhere.invalid", "PGHOSTADDR": "192.0.2.1", "PGPORT": "1", "PGDATABASE": "nope",
        "PGUSER": "nobody",
        "PGPASSWORD": "wrong-secret", "PGPASSFILE": "/dev/zero", "PGSERVICE": "nope", "PGSERVICEFILE": "/nope",
        "PGSYSCONFDIR": "/nope", "PGOPTIONS": "-c nonsense=1", "PGAPPNAME": "hostile", "PGSSLMODE": "verify-full",
        "PGREQUIRESSL": "1", "PGSSLCERT": "/etc/passwd", "PGSSLKEY": "/etc/passwd", "PGSSLROOTCERT": "/nope",
        "PGSSLCRL": "/nope", "PGSSLCRLDIR": "/nope", "PGSSLSNI": "nonsense", "PGREQUIREPEER": "nobody",
        "PGSSLMINPROTOCOLVERSION": "TLSv1.3", "PGSSLMAXPROTOCOLVERSION": "TLSv1", "PGGSSENCMODE": "require",
        "PGKRBSRVNAME": "nope", "PGGSSLIB": "nope", "PGCHANNELBINDING": "require", "PGCONNECT_TIMEOUT": "nonsense",
        "PGCLIENTENCODING": "nonsense", "PGTARGETSESSIONATTRS": "standby", "PGDATESTYLE": "nonsense",
        "PGTZ": "nonsense",
        "PGGEQO": "nonsense", "PGLOCALEDIR": "/nope", "LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de",
    ]

    @Test("What libpq takes from the environment is known by its first letters")
    func names() {
        let variables = parametersWithVariable().map(\.variable)
        #expect(variables.count > 20)
        #expect(variables.filter { !$0.hasPrefix("PG") } == [])
    }

    @Test("No variable reaches a login, over TCP or a unix socket")
    func hostileVariables() async throws {
        let server = try await PostgreSQLServer.start()
        defer { server.stop() }
        await #expect(processExitsWith: .success) {
            [port = server.port as UInt16, folder = server.socketFolder as String] in
            for (name, value) in EnvironmentTests.hostile { setenv(name, value, 1) }
            forgetEnvironment()
            let loop = try EventLoop()
            try loop.start(named: "test")
            var parameters = LoginParameters(
                serverName: "localhost",
                socketPort: port,
                user: PostgreSQLServer.superuser,
                database: "postgres"
            )
            try await logIn(parameters, to: .unix(path: folder), on: loop)
            parameters.password = PostgreSQLServer.superuserPassword
            try await logIn(parameters, to: .ipv4([127, 0, 0, 1], port: port), on: loop)
            parameters.password = nil
            do {
                try await logIn(parameters, to: .ipv4([127, 0, 0, 1], port: port), on: loop)
                exit(1)
            } catch PostgresFailure.transport(let failure) where failure.reason == .required {
                // As it should be: the server asks, and nobody has told libpq a password.
            }
        }
    }
}

private func logIn(
    _ parameters: LoginParameters,
    to address: Address,
    on loop: isolated EventLoop
) async throws(PostgresFailure) {
    let deadline = loop.now + .seconds(10)
    let connection = try await Connection.login(parameters, to: [address], until: deadline, on: loop)
    let rows = try await connection.run("SELECT current_setting('application_name')", until: deadline, on: loop)
    guard rows == [["allclear"]] else { preconditionFailure("the session is called \(rows)") }
}
