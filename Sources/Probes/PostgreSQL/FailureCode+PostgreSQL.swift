internal import Health
internal import Postgres
internal import Transport

extension ProbeFailure {
    /// A failed conversation in the words of the codes.
    init(_ failure: PostgresFailure, at place: String) {
        switch failure {
        case .transport(let failure):
            self.init(failure, at: place)
        case .server(let error, let stage):
            let code = stage == .login ? FailureCode(loginError: error) : FailureCode(exchangeError: error)
            self.init(code, at: place, error.description)
        }
    }
}

extension FailureCode {
    /// Why a server, or a pooler, let nobody in, by SQLSTATE (PostgreSQL manual, appendix A).
    init(loginError error: ServerError) {
        switch error.sqlState {
        case "57P03": self.init(.login, Reason(cannotConnectNow: error.message))
        case "3D000": self.init(.login, .notFound)
        // The database takes no connections, or not ours.
        case "55000", "42501": self.init(.login, .denied)
        case "57P01", "57P02", "57P04", "57P05": self.init(.login, .closed)
        case "0A000": self.init(.login, .unsupported)
        case "08P01": self.init(.login, Reason(poolerMessage: error.message))
        default:
            switch error.sqlStateClass {
            case "28": self.init(.login, .denied)
            case "53": self.init(.login, .overloaded)
            default: self.init(.login, .unexpected)
            }
        }
    }

    /// Why a server that had let us in did not answer.
    init(exchangeError error: ServerError) {
        switch error.sqlState {
        // Undefined table, column, function, schema, object.
        case "42P01", "42703", "42883", "3F000", "42704": self.init(.assert, .notFound)
        case "42501": self.init(.exchange, .denied)
        case "57014": self.init(.exchange, .timedOut)
        case "25006": self.init(.exchange, .readOnly)
        case "57P01", "57P02", "57P04", "57P05": self.init(.exchange, .closed)
        case "57P03": self.init(.exchange, Reason(cannotConnectNow: error.message))
        case "08P01": self.init(.exchange, Reason(poolerMessage: error.message))
        default: self.init(.exchange, error.sqlStateClass == "53" ? .overloaded : .unexpected)
        }
    }
}

extension FailureCode.Reason {
    /// Refines 57P03, one code for four states, by the server's English texts (PostgreSQL 15 postmaster.c).
    ///
    /// A server that speaks another language is `starting`: all but the last are of that class.
    fileprivate init(cannotConnectNow message: String) {
        if message.contains("shutting down") {
            self = .stopping
        } else if message.contains("recovery mode") || message.contains("not yet accepting") {
            self = .recovering
        } else if message.contains("is not accepting connections") {
            // A standby with hot_standby = off: as good as forbidden until it is promoted.
            self = .denied
        } else {
            self = .starting
        }
    }

    /// Tells PgBouncer's refusals apart: it has one code for all of them, and no language but English. What the server
    /// behind it has said it passes on under the same code.
    fileprivate init(poolerMessage message: String) {
        let known: [(text: String, reason: FailureCode.Reason)] = [
            ("no such database", .notFound), ("does not exist", .notFound), ("no such user", .denied),
            ("auth", .denied), ("no pg_hba.conf entry", .denied), ("no more connections", .overloaded),
            ("connection slots", .overloaded), ("too many", .overloaded), ("pgbouncer is shutting down", .stopping),
            ("server login has been failing", .unreachable), ("cannot connect to server", .unreachable),
            ("server down", .unreachable), ("query_wait_timeout", .timedOut), ("server conn crashed", .closed),
        ]
        if message.contains("the database system is") {
            self.init(cannotConnectNow: message)
        } else {
            self = known.first { message.contains($0.text) }?.reason ?? .unexpected
        }
    }
}
