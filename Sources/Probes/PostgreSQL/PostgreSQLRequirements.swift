internal import Configuration
internal import Health

/// What a server must be and hold besides letting us in, and the SQL that asks for it.
struct PostgreSQLRequirements: Sendable {
    var role = PostgreSQLRole.any
    /// How far a replica may be behind; nil for any distance.
    var maxLag: Duration?
    /// What gates want to know of the server.
    var observed: Set<Observable> = []
    /// The user's own statement; its first row's first column is judged.
    var query: String?
    /// Nil for any value, where only the row must be there.
    var expectation: Expectation?

    /// Whether nothing needs to be asked by SQL.
    var isEmpty: Bool { !asksOfServer && query == nil }

    private var asksOfServer: Bool { role != .any || maxLag != nil || !observed.isEmpty }
    private var asksForLag: Bool { maxLag != nil || observed.contains(.lag) }
}

// MARK: - Asking

extension PostgreSQLRequirements {
    /// All questions in one message, so that a pooler takes them to one server, in a transaction that cannot write.
    ///
    /// The server ends a statement itself, a little before `time` is over: stuck under an exclusive lock it would never
    /// notice that its client has gone. `SET LOCAL` leaves nothing behind in a pooler's session.
    func statements(within time: Duration) -> String {
        let margin = max(time / 20, .milliseconds(10))
        // Zero would mean for ever.
        let milliseconds = max(1, Int((time - margin) / .milliseconds(1)))
        var statements = ["BEGIN READ ONLY", "SET LOCAL statement_timeout = \(milliseconds)"]
        if asksOfServer { statements.append(Self.state(withLag: asksForLag)) }
        // On a line of its own: the query may end in a comment.
        if let query { statements.append(query + "\n") }
        return (statements + ["COMMIT"]).joined(separator: "; ")
    }

    /// Role and lag in one row, for roles without privileges.
    ///
    /// The time since the last replayed transaction grows while the primary merely idles, hence the comparison of
    /// positions; and positions stay equal for ever once the primary is gone, hence the receiver.
    private static func state(withLag: Bool) -> String {
        let lag = """
            CASE WHEN NOT pg_is_in_recovery() THEN 0
            WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
            ELSE extract(epoch FROM now() - pg_last_xact_replay_timestamp()) END,
            EXISTS (SELECT FROM pg_stat_wal_receiver)
            """
        let columns = ["pg_is_in_recovery()", "current_setting('default_transaction_read_only')"]
        return "SELECT " + (columns + (withLag ? [lag] : [])).joined(separator: ", ")
    }
}

// MARK: - Judging

extension PostgreSQLRequirements {
    /// What is still to be compared with ``expectation``.
    struct Value: Hashable {
        /// Nil for NULL.
        let text: String?
    }

    /// Judges the first rows that ``statements(within:)`` gave, all but the value of the user's query.
    ///
    /// - Returns: that value; nil where there is no query.
    /// - Throws: what is not as required, with a word for people.
    func judge(_ rows: [[String?]]) throws(ProbeFailure) -> Value? {
        var rows = rows[...]
        if asksOfServer {
            guard let state = rows.popFirst().flatMap(State.init) else {
                throw ProbeFailure(FailureCode(.exchange, .malformed), "no answer to pg_is_in_recovery()")
            }
            try judge(state)
        }
        guard query != nil else { return nil }
        guard let value = rows.first?.first else {
            throw ProbeFailure(FailureCode(.assert, .notFound), "the query gives no row")
        }
        return Value(text: value)
    }

    /// What the first rows say of the server; nil where it was not asked, or does not answer.
    func replication(in rows: [[String?]]) -> Replication? {
        guard asksOfServer, let state = rows.first.flatMap(State.init) else { return nil }
        let roles = PostgreSQLRole.words(isReplica: state.isReplica, isReadOnly: state.isReadOnly)
        let isCutOff = state.isReplica && !state.hasReceiver
        // Two clocks tell it, which may differ.
        return Replication(roles: roles, lag: isCutOff ? nil : state.lag.map { max(.zero, $0) })
    }

    /// What a server says of itself.
    private struct State {
        let isReplica: Bool
        let isReadOnly: Bool
        let lag: Duration?
        let hasReceiver: Bool

        init?(_ row: [String?]) {
            guard row.count >= 2, let isReplica = row[0], let isReadOnly = row[1] else { return nil }
            self.isReplica = isReplica == "t"
            self.isReadOnly = isReadOnly == "on"
            lag = row.count > 2 ? row[2].flatMap { Double($0) }.map { .seconds($0) } : nil
            hasReceiver = row.count > 3 && row[3] == "t"
        }

        var description: String { isReplica ? "a replica" : isReadOnly ? "read-only" : "a primary" }
    }

    private func judge(_ state: State) throws(ProbeFailure) {
        guard role.isMet(isReplica: state.isReplica, isReadOnly: state.isReadOnly) else {
            throw ProbeFailure(
                FailureCode(.assert, .wrongRole),
                "the server is \(state.description), wanted \(role.rawValue)"
            )
        }
        guard let maxLag, state.isReplica else { return }
        guard state.hasReceiver else {
            throw ProbeFailure(FailureCode(.assert, .broken), "the replica receives nothing from a primary")
        }
        guard let lag = state.lag else {
            throw ProbeFailure(FailureCode(.assert, .lagUnknown), "the replica has replayed nothing yet")
        }
        guard lag <= maxLag else {
            throw ProbeFailure(
                FailureCode(.assert, .lagging),
                "the replica is \(lag.inSeconds) behind, wanted at most \(maxLag.inSeconds)"
            )
        }
    }
}
