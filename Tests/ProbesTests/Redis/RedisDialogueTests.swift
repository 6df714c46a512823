import Configuration
import Health
import Testing

@testable import Probes

struct RedisDialogueTests {
    private static let primary = "*4\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n"
    private static let replica = "*2\r\n$4\r\nrole\r\n$7\r\nreplica\r\n"
    private static let login = RedisDialogue.Login(user: nil, password: "s3cret-word")

    @Test("HELLO, login and PING go out in one write")
    func opening() {
        let plain = RedisDialogue(login: nil, requirements: .init(), dialect: .hello)
        #expect(text(plain.opening) == "*2\r\n$5\r\nHELLO\r\n$1\r\n2\r\n*1\r\n$4\r\nPING\r\n")
        let login = RedisDialogue(login: Self.login, requirements: .init(), dialect: .hello)
        #expect(
            text(login.opening)
                .hasPrefix("*5\r\n$5\r\nHELLO\r\n$1\r\n2\r\n$4\r\nAUTH\r\n$7\r\ndefault\r\n$11\r\ns3cret-word\r\n")
        )
        let old = RedisDialogue(login: Self.login, requirements: .init(role: .primary), dialect: .auth)
        #expect(
            text(old.opening) == "*2\r\n$4\r\nAUTH\r\n$11\r\ns3cret-word\r\n*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nROLE\r\n"
        )
    }

    @Test("A healthy server passes, however its answer is cut")
    func cuts() {
        let wanted = RedisRequirements(
            role: .replica,
            maxLag: .seconds(15),
            key: "k",
            cluster: true,
            database: 3
        )
        let information =
            "role:slave\r\nmaster_link_status:up\r\nmaster_last_io_seconds_ago:15\r\nmaster_sync_in_progress:0\r\n"
        let cluster = "cluster_state:ok\r\ncluster_slots_ok:16384\r\n"
        let bytes = Array(
            (Self.replica + "+PONG\r\n" + bulk(information) + "+OK\r\n:1\r\n" + bulk(cluster)).utf8
        )
        for cut in 0...bytes.count {
            var dialogue = RedisDialogue(login: nil, requirements: wanted, dialect: .hello)
            let first = dialogue.receive(Array(bytes[..<cut]))
            #expect(first == (cut == bytes.count ? .end(.passed) : .receive))
            guard cut < bytes.count else { continue }
            #expect(dialogue.receive(Array(bytes[cut...])) == .end(.passed))
        }
    }

    @Test(
        "Each error says what it means",
        arguments: [
            ("-LOADING Redis is loading the dataset in memory", "exchange.starting"),
            ("-BUSY Redis is busy running a script.", "exchange.busy"),
            ("-MASTERDOWN Link with MASTER is down", "exchange.broken"),
            ("-CLUSTERDOWN The cluster is down", "exchange.broken"),
            ("-MISCONF Redis is configured to save RDB snapshots", "exchange.read_only"),
            ("-NOAUTH Authentication required.", "login.required"),
            ("-ERR operation not permitted", "login.required"),
            ("-DENIED Redis is running in protected mode", "login.denied"),
            ("-ERR max number of clients reached", "login.overloaded"),
            ("-READONLY You can't write against a read only replica.", "assert.wrong_role"),
            ("-ERR unknown command 'PING'", "exchange.unsupported"),
            ("-ERR something else", "exchange.unexpected"),
            ("-NOPERM this user has no permissions", "passed"),
            ("+PING", "exchange.unexpected"), (":1", "exchange.unexpected"), ("HTTP/1.1 400", "exchange.malformed"),
        ]
    )
    func pingAnswers(line: String, code: String) {
        #expect(ending(.init(), Self.primary + line + "\r\n").code == code)
    }

    @Test(
        "Each answer to HELLO says what it means",
        arguments: [
            ("-NOAUTH HELLO must be called with the client already authenticated", "login.required"),
            ("-WRONGPASS invalid username-password pair or user is disabled.", "login.denied"),
            ("-ERR max number of clients reached", "login.overloaded"),
            ("-DENIED Redis is running in protected mode", "login.denied"),
            ("-ERR unknown command `HELLO`, with args beginning with: `2`, ", "start over"),
            ("-ERR unknown command 'HELLO'", "start over"),
            ("-NOPROTO unsupported protocol version", "login.unexpected"),
            ("+OK", "exchange.unexpected"),
        ]
    )
    func helloAnswers(line: String, code: String) {
        #expect(ending(.init(), line + "\r\n").code == code)
    }

    @Test("A replica whose primary cannot save is well; a primary is not")
    func misconfigured() {
        let line = "-MISCONF Redis is configured to save RDB snapshots\r\n"
        #expect(ending(.init(role: .replica), Self.replica + line).code == "passed")
        #expect(ending(.init(role: .primary), Self.primary + line).code == "exchange.read_only")
    }

    @Test("The role is asked for, and loading is told before a wrong role")
    func roles() {
        #expect(ending(.init(role: .primary), Self.primary + "+PONG\r\n").code == "passed")
        #expect(ending(.init(role: .primary), Self.replica + "+PONG\r\n").code == "assert.wrong_role")
        #expect(ending(.init(role: .replica), Self.primary + "+PONG\r\n").word == "it is a primary, wanted: replica")
        #expect(ending(.init(role: .replica), "*0\r\n+PONG\r\n").code == "assert.wrong_role")
        #expect(ending(.init(role: .replica), Self.primary + "-LOADING x\r\n").code == "exchange.starting")
    }

    @Test(
        "A replica lags, is cut off, or does not know",
        arguments: [
            ("role:master\r\n", "passed"),
            ("role:slave\r\nmaster_link_status:up\r\nmaster_last_io_seconds_ago:15\r\n", "passed"),
            ("role:slave\r\nmaster_link_status:up\r\nmaster_last_io_seconds_ago:16\r\n", "assert.lagging"),
            ("role:slave\r\nmaster_link_status:up\r\nmaster_last_io_seconds_ago:-1\r\n", "assert.lag_unknown"),
            ("role:slave\r\nmaster_link_status:up\r\n", "assert.lag_unknown"),
            ("role:slave\r\nmaster_link_status:down\r\nmaster_link_down_since_seconds:7\r\n", "assert.broken"),
            ("role:slave\r\nmaster_link_status:down\r\nmaster_sync_in_progress:1\r\n", "assert.broken"),
        ]
    )
    func lag(information: String, code: String) {
        #expect(ending(.init(maxLag: .seconds(15)), Self.replica + "+PONG\r\n" + bulk(information)).code == code)
    }

    @Test(
        "What gates ask is seen, goes out in the same write, and decides nothing itself",
        arguments: [
            (primary, "role:master\r\n", "primary", Duration.zero),
            (
                replica, "role:slave\r\nmaster_link_status:up\r\nmaster_last_io_seconds_ago:16\r\n", "replica",
                .seconds(16)
            ),
            (replica, "role:slave\r\nmaster_link_status:up\r\nmaster_last_io_seconds_ago:-1\r\n", "replica", nil),
            (replica, "role:slave\r\nmaster_link_status:down\r\nmaster_last_io_seconds_ago:1\r\n", "replica", nil),
            (
                replica,
                "role:slave\r\nmaster_link_status:up\r\nmaster_sync_in_progress:1\r\nmaster_last_io_seconds_ago:1\r\n",
                "replica", nil
            ),
            ("*2\r\n$4\r\nrole\r\n$8\r\nsentinel\r\n", "nothing:1\r\n", nil, nil),
        ] as [(String, String, String?, Duration?)]
    )
    func observed(hello: String, information: String, role: String?, lag: Duration?) {
        var dialogue = RedisDialogue(login: nil, requirements: .init(observed: [.role, .lag]), dialect: .hello)
        #expect(text(dialogue.opening).hasSuffix("PING\r\n*2\r\n$4\r\nINFO\r\n$11\r\nreplication\r\n"))
        #expect(dialogue.receive(Array((hello + "+PONG\r\n" + bulk(information)).utf8)) == .end(.passed))
        #expect(dialogue.replication == role.map { Replication(roles: [ServerRole($0)], lag: lag) })
    }

    @Test("A server that does not let us see what gates ask is well, and unknown")
    func observationDenied() {
        var dialogue = RedisDialogue(login: nil, requirements: .init(observed: [.role, .lag]), dialect: .auth)
        #expect(text(dialogue.opening).contains("ROLE\r\n"))
        #expect(dialogue.receive(Array("+PONG\r\n-NOPERM no\r\n-NOPERM no\r\n".utf8)) == .end(.passed))
        #expect(dialogue.replication == nil)
        #expect(
            ending(.init(maxLag: .seconds(15), observed: [.lag]), Self.primary + "+PONG\r\n-NOPERM no\r\n").code
                == "exchange.denied"
        )
        #expect(
            ending(.init(role: .primary, observed: [.role]), "+PONG\r\n-NOPERM no\r\n", dialect: .auth).code
                == "exchange.denied"
        )
    }

    @Test("Nobody asks, nothing is told; a wrong role is told with the failure")
    func observedWithFailure() {
        var silent = RedisDialogue(login: nil, requirements: .init(), dialect: .hello)
        _ = silent.receive(Array((Self.primary + "+PONG\r\n").utf8))
        #expect(silent.replication == nil)
        var wrong = RedisDialogue(login: nil, requirements: .init(role: .primary), dialect: .hello)
        _ = wrong.receive(Array((Self.replica + "+PONG\r\n").utf8))
        #expect(wrong.replication == Replication(roles: [ServerRole("replica")]))
    }

    @Test("A database, a key and the slots of a cluster are asked for")
    func assertions() {
        let well = Self.primary + "+PONG\r\n"
        #expect(ending(.init(database: 99), well + "-ERR DB index is out of range\r\n").code == "assert.not_found")
        #expect(ending(.init(database: 9), well + "-NOPERM no\r\n").code == "exchange.denied")
        #expect(ending(.init(key: "k"), well + ":0\r\n").code == "assert.not_found")
        #expect(ending(.init(key: "k"), well + "-MOVED 1 127.0.0.1:1\r\n").code == "exchange.unexpected")
        let down = bulk("cluster_state:fail\r\ncluster_slots_ok:16000\r\n")
        #expect(ending(.init(cluster: true), well + down).word == "cluster state fail, 16000 of 16384 slots served")
        let disabled = "-ERR This instance has cluster support disabled\r\n"
        #expect(ending(.init(cluster: true), well + disabled).code == "exchange.unsupported")
    }

    @Test(
        "A server from before Redis 6 is asked in its own words",
        arguments: [
            ("+OK\r\n+PONG\r\n*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n", "passed"),
            ("+OK\r\n+PONG\r\n*5\r\n$5\r\nslave\r\n$1\r\nh\r\n:1\r\n$9\r\nconnected\r\n:5\r\n", "assert.wrong_role"),
            ("-ERR invalid password\r\n", "login.denied"),
            ("-ERR Client sent AUTH, but no password is set\r\n", "login.unsupported"),
            ("+OK\r\n-LOADING Redis is loading the dataset in memory\r\n", "exchange.starting"),
        ]
    )
    func oldServer(answer: String, code: String) {
        #expect(ending(.init(role: .primary), answer, login: Self.login, dialect: .auth).code == code)
    }

    @Test("An error that repeats the password is not shown")
    func secret() {
        let line = "-ERR unknown command `AUTH`, with args beginning with: `s3cret-word`, \r\n"
        let ending = ending(.init(), line, login: Self.login, dialect: .auth)
        #expect(ending.word == "ERR")
    }

    @Test("A failure of the transport belongs to the login only while a password waits for its answer")
    func stage() {
        var dialogue = RedisDialogue(login: Self.login, requirements: .init(), dialect: .hello)
        #expect(dialogue.isLoggingIn)
        _ = dialogue.receive(Array(Self.primary.utf8))
        #expect(!dialogue.isLoggingIn)
        #expect(!RedisDialogue(login: nil, requirements: .init(), dialect: .hello).isLoggingIn)
    }

    private func ending(
        _ requirements: RedisRequirements,
        _ answer: String,
        login: RedisDialogue.Login? = nil,
        dialect: RedisDialogue.Dialect = .hello
    ) -> (code: String, word: String) {
        var dialogue = RedisDialogue(login: login, requirements: requirements, dialect: dialect)
        switch dialogue.receive(Array(answer.utf8)) {
        case .receive: return ("receive", "")
        case .end(.passed): return ("passed", "")
        case .end(.startOver): return ("start over", "")
        case .end(.failed(let code, let word)): return (code.description, word)
        }
    }

    private func bulk(_ text: String) -> String { "$\(text.utf8.count)\r\n\(text)\r\n" }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
