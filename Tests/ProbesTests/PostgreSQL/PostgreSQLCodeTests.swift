import Health
import Postgres
import Testing
import Transport

@testable import Probes

struct PostgreSQLCodeTests {
    private func code(_ sqlState: String, _ message: String = "", at stage: TransportFailure.Stage) -> String {
        let error = ServerError(sqlState: sqlState, message: message)
        return ProbeFailure(.server(error, at: stage), at: "db:5432").code.description
    }

    @Test(
        "A refused login",
        arguments: [
            ("57P03", "the database system is starting up", "login.starting"),
            ("57P03", "the database system is not yet accepting connections", "login.recovering"),
            ("57P03", "the database system is in recovery mode", "login.recovering"),
            ("57P03", "the database system is shutting down", "login.stopping"),
            ("57P03", "the database system is not accepting connections", "login.denied"),
            ("57P03", "das Datenbanksystem fährt herunter", "login.starting"),
            ("53300", "sorry, too many clients already", "login.overloaded"),
            ("53400", "", "login.overloaded"),
            ("28P01", "", "login.denied"),
            ("28000", "", "login.denied"),
            ("3D000", "", "login.not_found"),
            ("55000", "", "login.denied"),
            ("42501", "", "login.denied"),
            ("57P01", "", "login.closed"),
            ("0A000", "", "login.unsupported"),
            ("08P01", "no such database: nope", "login.not_found"),
            ("08P01", "database \"nope\" does not exist", "login.not_found"),
            ("08P01", "SASL authentication failed", "login.denied"),
            ("08P01", "no more connections allowed (max_client_conn)", "login.overloaded"),
            ("08P01", "the database system is shutting down", "login.stopping"),
            ("08P01", "pgbouncer cannot connect to server", "login.unreachable"),
            ("08P01", "something new", "login.unexpected"),
            ("XX000", "", "login.unexpected"),
        ]
    )
    func login(sqlState: String, message: String, wanted: String) {
        #expect(code(sqlState, message, at: .login) == wanted)
    }

    @Test(
        "A failed exchange",
        arguments: [
            ("57P01", "exchange.closed"), ("57P02", "exchange.closed"), ("57P05", "exchange.closed"),
            ("57014", "exchange.timed_out"), ("25006", "exchange.read_only"), ("42501", "exchange.denied"),
            ("42P01", "assert.not_found"), ("42703", "assert.not_found"), ("42883", "assert.not_found"),
            ("53200", "exchange.overloaded"), ("42601", "exchange.unexpected"), ("XX000", "exchange.unexpected"),
            ("08P01", "exchange.unexpected"),
        ]
    )
    func exchange(sqlState: String, wanted: String) {
        #expect(code(sqlState, at: .exchange) == wanted)
    }

    @Test("The sentence holds the place, the code and the server's own word")
    func sentence() {
        let error = ServerError(sqlState: "57P03", message: "the database system is starting up")
        let failure = ProbeFailure(.server(error, at: .login), at: "primary db:5432")
        #expect(failure.sentence == "primary db:5432: login.starting: 57P03 the database system is starting up")
    }
}
