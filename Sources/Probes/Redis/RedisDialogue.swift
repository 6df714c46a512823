internal import Health

/// The conversation with a Redis server: one write, then its replies. Bytes in, step out, no socket.
///
/// `HELLO` is login and role in one, and needs no permission; `PING` says whether the server is loading, busy or cut off,
/// which `HELLO` hides. What else is asked follows in the same write.
struct RedisDialogue {
    struct Login: Hashable {
        /// Nil for the default user.
        let user: String?
        let password: String
    }

    /// How to say hello.
    enum Dialect: Hashable {
        /// Redis 6 and later, and Valkey.
        case hello
        /// Before that: `AUTH` and `ROLE`.
        case auth
    }

    enum Step: Hashable {
        case receive
        case end(Ending)

        fileprivate static func failed(_ stage: FailureCode.Stage, _ reason: FailureCode.Reason, _ word: String) -> Step
        {
            .end(.failed(FailureCode(stage, reason), word))
        }
    }

    enum Ending: Hashable {
        case passed
        case failed(FailureCode, String)
        /// The server does not know `HELLO`: begin again, on a new connection, with ``Dialect/auth``.
        case startOver
    }

    private let login: Login?
    private let wanted: RedisRequirements
    private let dialect: Dialect
    private var parser = RedisReplyParser()
    private var role: RedisRequirements.Role?
    private var lag: Duration?
    /// What the replies that are still to come answer, in this order.
    private var questions: [Question]

    init(login: Login?, requirements: RedisRequirements, dialect: Dialect) {
        self.login = login
        self.dialect = dialect
        wanted = requirements
        questions =
            switch dialect {
            case .hello: [.hello, .ping]
            case .auth: (login == nil ? [] : [.auth]) + [.ping] + (requirements.asksForRole ? [.role] : [])
            }
        questions += further(with: wanted.database == 0 ? [] : [.database(wanted.database)])
    }

    /// The same questions again, without the login, on a connection that has come to the end of such a dialogue.
    init(again requirements: RedisRequirements, dialect: Dialect) {
        login = nil
        self.dialect = dialect
        wanted = requirements
        questions =
            switch dialect {
            case .hello: (requirements.asksForRole ? [.hello] : []) + [.ping]
            case .auth: [.ping] + (requirements.asksForRole ? [.role] : [])
            }
        questions += further(with: [])
    }

    private func further(with selection: [Question]) -> [Question] {
        (wanted.asksForLag ? [.replication] : []) + selection + (wanted.key.map { [.key($0)] } ?? [])
            + (wanted.cluster ? [.cluster] : [])
    }

    /// All that is ever sent.
    var opening: [UInt8] {
        questions.flatMap { encode($0.words(login)) }
    }

    /// Whether the next reply decides about the login: the stage of a failure that the transport finds now.
    var isLoggingIn: Bool {
        login != nil && (questions.first == .hello || questions.first == .auth)
    }

    /// What was seen until now of what was asked for; nil for nothing.
    var replication: Replication? {
        guard wanted.asksForRole || wanted.asksForLag, role != nil || lag != nil else { return nil }
        return Replication(roles: role.map { [ServerRole($0.rawValue)] } ?? [], lag: lag)
    }

    /// Takes what the server sent and says what to do next.
    mutating func receive(_ bytes: [UInt8]) -> Step {
        parser.append(bytes)
        while let question = questions.first {
            do throws(RedisReplyParser.Malformed) {
                guard let reply = try parser.next() else { return .receive }
                let step = answer(to: question, reply)
                guard step == .receive else { return step }
                questions.removeFirst()
            } catch {
                return .failed(.exchange, .malformed, error.description)
            }
        }
        return .end(.passed)
    }
}

// MARK: - Answers

extension RedisDialogue {
    private mutating func answer(to question: Question, _ reply: RedisReply) -> Step {
        switch (question, reply) {
        case (.hello, .error(let line)) where line.isUnknownCommand: return .end(.startOver)
        case (.ping, .error(let line)) where line.isAlive(for: wanted.role):
            return dialect == .hello ? judgeRole() : .receive
        case (.role, .error) where wanted.role == .any, (.replication, .error) where wanted.maxLag == nil:
            return .receive
        case (_, .error(let line)): return failure(of: question, line)
        case (.hello, .array(let fields?)):
            role = RedisRequirements.Role(serverWord: fields.value(of: "role"))
            return .receive
        case (.auth, .simple("OK")), (.database, .simple("OK")): return .receive
        case (.ping, .simple("PONG")): return dialect == .hello ? judgeRole() : .receive
        case (.role, .array(let fields?)):
            role = RedisRequirements.Role(serverWord: fields.first?.text)
            return judgeRole()
        case (.replication, .bulk(let text?)): return judgeReplication(RedisInformation(text))
        case (.key, .integer(let count)):
            return count > 0 ? .receive : .failed(.assert, .notFound, "the key does not exist")
        case (.cluster, .bulk(let text?)): return judgeCluster(RedisInformation(text))
        default: return .failed(.exchange, .unexpected, "no answer to \(question.name)")
        }
    }

    private func judgeRole() -> Step {
        guard wanted.role != .any, role != wanted.role else { return .receive }
        let found = role.map { "a \($0.rawValue)" } ?? "neither primary nor replica"
        return .failed(.assert, .wrongRole, "it is \(found), wanted: \(wanted.role.rawValue)")
    }

    /// Redis counts no seconds of lag: a replica knows how long ago it heard of its primary, which speaks every 10 s
    /// even when idle (`repl-ping-replica-period`).
    private mutating func judgeReplication(_ information: RedisInformation) -> Step {
        lag = information.lag
        guard let maxLag = wanted.maxLag, information["role"] == "slave" else { return .receive }
        if information["master_sync_in_progress"] == "1" {
            return .failed(.assert, .broken, "the first synchronisation is not complete")
        }
        guard information["master_link_status"] == "up" else {
            let since = information["master_link_down_since_seconds"].map { " for \($0) s" } ?? ""
            return .failed(.assert, .broken, "cut off from its primary\(since)")
        }
        guard let lag else {
            return .failed(.assert, .lagUnknown, "it does not say when it heard of its primary")
        }
        guard lag <= maxLag else {
            return .failed(.assert, .lagging, "\(lag.inSeconds) since it heard of its primary")
        }
        return .receive
    }

    private func judgeCluster(_ information: RedisInformation) -> Step {
        guard information["cluster_state"] == "ok", information["cluster_slots_ok"] == "16384" else {
            let slots = information["cluster_slots_ok"] ?? "?"
            let state = information["cluster_state"] ?? "unknown"
            return .failed(.assert, .broken, "cluster state \(state), \(slots) of 16384 slots served")
        }
        return .receive
    }

    private func failure(of question: Question, _ line: String) -> Step {
        let code = question.code(of: line)
        // Whoever is asked for a password learns nothing more: Redis asks while it loads its data, too.
        if !wanted.logsIn, code == FailureCode(.login, .required) { return .end(.passed) }
        return .end(.failed(code, shown(line)))
    }

    /// The server's word, without what it repeats of ours: Redis 5 quotes the arguments of a command it does not know.
    private func shown(_ line: String) -> String {
        if let password = login?.password, !password.isEmpty, line.contains(password) {
            return line.errorKind
        }
        return line
    }
}
