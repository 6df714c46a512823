internal import Health

extension RedisDialogue {
    /// One command, and what its reply is about.
    enum Question: Hashable {
        case hello
        case auth
        case ping
        case role
        case replication
        case database(Int)
        case key(String)
        case cluster

        var name: String {
            switch self {
            case .hello: "HELLO"
            case .auth: "AUTH"
            case .ping: "PING"
            case .role: "ROLE"
            case .replication: "INFO replication"
            case .database: "SELECT"
            case .key: "EXISTS"
            case .cluster: "CLUSTER INFO"
            }
        }

        func words(_ login: Login?) -> [String] {
            switch self {
            case .hello:
                ["HELLO", "2"] + (login.map { ["AUTH", $0.user ?? "default", $0.password] } ?? [])
            // Before Redis 6 there are no users: AUTH takes the password alone.
            case .auth:
                ["AUTH"] + (login.map { [$0.user, $0.password].compactMap(\.self) } ?? [])
            case .ping: ["PING"]
            case .role: ["ROLE"]
            case .replication: ["INFO", "replication"]
            case .database(let number): ["SELECT", String(number)]
            case .key(let key): ["EXISTS", key]
            case .cluster: ["CLUSTER", "INFO"]
            }
        }

        /// What an error line says in reply to this question.
        func code(of line: String) -> FailureCode {
            switch line.errorKind {
            case "LOADING": FailureCode(.exchange, .starting)
            case "BUSY": FailureCode(.exchange, .busy)
            case "MASTERDOWN", "CLUSTERDOWN": FailureCode(.exchange, .broken)
            case "MISCONF": FailureCode(.exchange, .readOnly)
            case "NOAUTH": FailureCode(.login, .required)
            case "WRONGPASS", "DENIED": FailureCode(.login, .denied)
            case "READONLY": FailureCode(.assert, .wrongRole)
            case "NOPERM": FailureCode(self == .hello || self == .auth ? .login : .exchange, .denied)
            case "ERR" where line.hasPrefix("ERR max number of clients"): FailureCode(.login, .overloaded)
            default: codeOfOther(line)
            }
        }

        /// Errors whose kind says nothing; Redis does not localise their text.
        private func codeOfOther(_ line: String) -> FailureCode {
            switch self {
            case .auth where line.contains("invalid password"): FailureCode(.login, .denied)
            // No password is set, or users are unknown: more was offered than the server has.
            case .auth: FailureCode(.login, .unsupported)
            case .hello: FailureCode(.login, .unexpected)
            case .ping where line.hasPrefix("ERR operation not permitted"): FailureCode(.login, .required)
            case .database: FailureCode(.assert, .notFound)
            case .cluster where line.contains("cluster support disabled"): FailureCode(.exchange, .unsupported)
            case _ where line.isUnknownCommand: FailureCode(.exchange, .unsupported)
            default: FailureCode(.exchange, .unexpected)
            }
        }
    }

    /// A command as it goes over the wire: an array of bulk strings.
    func encode(_ words: [String]) -> [UInt8] {
        var bytes = Array("*\(words.count)\r\n".utf8)
        for word in words {
            bytes += Array("$\(word.utf8.count)\r\n".utf8) + Array(word.utf8) + [0x0d, 0x0a]
        }
        return bytes
    }
}

extension String {
    /// The first word of an error line, as `WRONGPASS`.
    var errorKind: String { String(prefix { $0 != " " }) }

    var isUnknownCommand: Bool { lowercased().hasPrefix("err unknown command") }

    /// Whether an error in reply to `PING` comes from a server that is well: one that forbids us to ask, or that refuses
    /// writes where none are wanted.
    func isAlive(for role: RedisRequirements.Role) -> Bool {
        errorKind == "NOPERM" || (errorKind == "MISCONF" && role == .replica)
    }
}

extension [RedisReply] {
    /// The text after a name in a flat list of names and values.
    func value(of name: String) -> String? {
        guard let index = firstIndex(where: { $0.text == name }), index + 1 < count else { return nil }
        return self[index + 1].text
    }
}
