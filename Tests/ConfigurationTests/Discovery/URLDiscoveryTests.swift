import Health
import TestSupport
import Testing

@testable import Configuration

/// Variables that hold URLs, and PostgreSQL's own.
struct URLDiscoveryTests {
    @Test(
        "A variable that holds a database's or a broker's URL becomes a check called after it",
        arguments: [
            ("DATABASE_URL", "postgres://shop:c4n4ry@db/shop", "database", "postgres://shop:***@db:5432/shop"),
            ("REDIS_URL", "redis://cache", "redis", "redis://cache:6379"),
            ("CELERY_BROKER_URL", "pyamqp://u:c4n4ry@mq//", "celery-broker", "amqp://u:***@mq:5672//"),
            ("SHOP_DB_URL", "postgresql+asyncpg://u:c4n4ry@db/x", "shop-db", "postgresql://u:***@db:5432/x"),
            ("DB_URL", "postgresql+psycopg2://db/x", "db", "postgresql://db:5432/x"),
            ("DB_URL", "postgis://db/x", "db", "postgres://db:5432/x"),
            ("DB_URL", "jdbc:postgresql://db/x?user=u&password=c4n4ry", "db", "postgresql://db:5432/x?…"),
            ("DB_URL", "POSTGRES://db/x", "db", "postgres://db:5432/x"),
            ("DB_URL", "postgres://a:1,b,[::1]:3/x", "db", "postgres://a:1,b:5432,[::1]:3/x"),
            ("READY_URL", "rediss://:c4n4ry@cache/1", "ready-2", "rediss://:***@cache:6379/1"),
            ("_URL", "redis://cache", "check", "redis://cache:6379"),
        ]
    )
    func urls(variable: String, url: String, name: String, shown: String) throws {
        let loader = ConfigurationLoader.discovering([variable: url])
        #expect(loader.found("urls").checks == ["\(name) url=${\(variable)}"])
        let (configuration, diagnostics) = loader.load(CommandLineOptions(discover: "urls"))
        let check = try #require(configuration?.checks.first, "\(diagnostics.sorted)")
        #expect(check.targetDescription == shown && check.origin == variable)
        #expect(!"\(diagnostics.sorted) \(check.options)".contains("c4n4ry"))
    }

    @Test("JDBC's user and password are those of the check")
    func jdbc() throws {
        let loader = ConfigurationLoader.discovering(["DB_URL": "jdbc:postgresql://db/x?user=u&password=c4n4ry"])
        let check = try #require(loader.load(CommandLineOptions(discover: "urls")).0?.checks.first)
        #expect(check.text("user") == "u" && check.password == .value(Secret("c4n4ry")))
    }

    @Test(
        "What is no database's or broker's URL is passed over in silence",
        arguments: [
            ("SITE_URL", "https://example.org"), ("API_URL", "http://api"), ("PROXY_URL", "socks5://proxy"),
            ("FOO_URL", "nonsense"), ("FOO_URL", ""), ("DATABASE_URL", ""), ("ALLCLEAR_CHECK_URL", "redis://cache"),
            ("REDIS_URLS", "redis://cache"), ("WS_URL", "ws://x"), ("DOCKER_URL", "tcp://docker:2375"),
            ("NAME_WITH.DOT_URL", "redis://cache"), ("OTHER_URL_FILE", "/gone"),
        ]
    )
    func silence(variable: String, value: String) {
        let (checks, messages) = ConfigurationLoader.discovering([variable: value]).found("urls")
        #expect(checks.isEmpty)
        #expect(messages.allSatisfy { $0.contains("there is nothing to check") }, "\(messages)")
    }

    @Test(
        "A scheme that is not built in is left out with one line that quotes no secret",
        arguments: [
            ("MONGODB_URL", "mongodb://u:c4n4ry@db/x", "`mongodb://` is not built in"),
            ("MONGODB_URL", "mongodb+srv://u:c4n4ry@db/x", "`mongodb+srv://` is not built in"),
            ("ORDERS_URL", "mysql+pymysql://u:c4n4ry@db/x", "`mysql+pymysql://` is not built in"),
            ("ORDERS_URL", "jdbc:mysql://db/x?password=c4n4ry", "`jdbc:mysql://` is not built in"),
            ("CACHE_URL", "redis+sentinel://:c4n4ry@s/x", "`redis+sentinel://` is not built in"),
            ("DATABASE_URL", "sqlite:///c4n4ry.db", "`sqlite://` is not built in"),
            ("DATABASE_URL", "https://c4n4ry", "`https://` is neither a database's nor a broker's"),
            ("DATABASE_URL", "c4n4ry", "it holds no URL"), ("DATABASE_URL", "c4n4ry @://x", "it holds no URL"),
        ]
    )
    func foreign(variable: String, url: String, reason: String) {
        let loader = ConfigurationLoader.discovering([variable: url, "REDIS_URL": "redis://cache"])
        let (checks, messages) = loader.found("urls")
        #expect(checks == ["redis url=${REDIS_URL}"])
        #expect(messages == ["\(variable): warning: discovery leaves it out: \(reason)"])
    }

    @Test("A secret file may hold the URL")
    func file() throws {
        let loader = ConfigurationLoader.discovering(
            ["SHOP_URL_FILE": "/s/shop", "DATABASE_URL_FILE": "/s/db"],
            files: ["/s/shop": "redis://:c4n4ry@cache\n", "/s/db": "postgres://db/x"]
        )
        let (checks, messages) = loader.found()
        #expect(checks == ["database url=${DATABASE_URL}", "shop url=${SHOP_URL}"])
        #expect(messages.isEmpty)
        let (_, gone) = ConfigurationLoader.discovering(["DATABASE_URL_FILE": "/gone"]).found()
        #expect(gone == ["DATABASE_URL_FILE: error: checks.database.url: cannot read /gone: no such file"])
    }

    @Test("A parameter that was meant for a library is left out with a line; a mistake in a URL is one")
    func parameters() {
        let url = "postgresql+asyncpg://u:c4n4ry@db/x?ssl=require&sslmode=require"
        let loader = ConfigurationLoader.discovering(["DATABASE_URL": url])
        let (configuration, diagnostics) = loader.load(CommandLineOptions(discover: "urls"))
        #expect(configuration?.checks.first?.text("sslmode") == "require")
        #expect(
            diagnostics.sorted.map(\.description) == [
                "DATABASE_URL: warning: checks.database.url: its query is for options, and postgres has none called `ssl`"
            ]
        )
        let (none, messages) = ConfigurationLoader.discovering(["DATABASE_URL": "postgres://u:c4n4ry@@db/x"]).found()
        #expect(none.isEmpty && messages.count == 1 && !messages[0].contains("c4n4ry"))
    }

    @Test("Two variables that name the same place make one check, the well-known name first")
    func twins() throws {
        let loader = ConfigurationLoader.discovering([
            "APP_URL": "postgresql://shop:x@db:5432/shop", "DATABASE_URL": "postgres://shop:y@db/shop",
            "OTHER_URL": "postgres://shop:y@db/other", "REDIS_URL": "redis://cache",
            "CACHE_URL": "redis://cache:6379/0",
            "FIRST_URL": "redis://10.0.0.1", "SECOND_URL": "redis://10.0.0.2", "PGHOST": "db", "PGUSER": "shop",
        ])
        let (checks, _) = loader.discover("urls")
        #expect(
            try #require(checks).map { "\($0.name): \($0.variables.joined(separator: ", "))" } == [
                "database: DATABASE_URL, APP_URL, PGHOST, PGUSER", "redis: REDIS_URL, CACHE_URL", "first: FIRST_URL",
                "other: OTHER_URL", "second: SECOND_URL",
            ]
        )
    }

    @Test("A URL takes the place of a link to the same service, whatever it calls it")
    func linkAndURL() throws {
        let environment = try RecordedEnvironment.dockerLinks.variables([
            "DATABASE_URL": "postgres://u:c4n4ry@postgres/x", "BROKER_URL": "amqp://u:c4n4ry@172.17.0.4/x",
            "CACHE_URL": "redis://other",
        ])
        let (checks, _) = ConfigurationLoader.discovering(environment).found()
        #expect(
            checks.map { $0.split(separator: " ").first } == ["database", "broker", "cache", "redis"]
        )
    }

    @Test("The variables of another container are not ours")
    func foreignVariables() throws {
        let environment = try RecordedEnvironment.dockerLinks.variables(["REDIS_ENV_DATABASE_URL": "postgres://its/own"]
        )
        let (checks, _) = ConfigurationLoader.discovering(environment).found("urls")
        #expect(checks.isEmpty)
    }

    @Test(
        "PGHOST and its relatives make a check, which logs in where a password is given",
        arguments: [
            (["PGHOST": "db"], "postgres://${PGHOST} login=false", "postgres://db:5432"),
            (["PGHOST": "/run/postgresql"], "postgres://${PGHOST} login=false", "postgres:///run/postgresql"),
            (["PGHOSTADDR": "::1"], "postgres://${PGHOSTADDR} login=false", "postgres://[::1]:5432"),
            (
                [
                    "PGHOST": "db", "PGPORT": "5433", "PGUSER": "u", "PGPASSFILE": "/x",
                    "PGTARGETSESSIONATTRS": "primary",
                ],
                "postgres://${PGHOST}:${PGPORT} user=${PGUSER} login=false", "postgres://db:5433"
            ),
            (
                [
                    "PGHOST": "db", "PGUSER": "u", "PGPASSWORD": "c4n4ry", "PGDATABASE": "x", "PGSSLMODE": "require",
                    "PGSSLROOTCERT": "/ca", "PGTARGETSESSIONATTRS": "primary", "PGAPPNAME": "y",
                ],
                "postgres://${PGHOST} user=${PGUSER} database=${PGDATABASE} password=${PGPASSWORD} "
                    + "target_session_attrs=${PGTARGETSESSIONATTRS} sslmode=${PGSSLMODE} sslrootcert=${PGSSLROOTCERT}",
                "postgres://db:5432"
            ),
            (
                ["PGHOST": "db", "PGPASSWORD_FILE": "/s/pw", "PGSSLROOTCERT": "system"],
                "postgres://${PGHOST} passwordFile=${PGPASSWORD_FILE}", "postgres://db:5432"
            ),
        ]
    )
    func postgreSQL(environment: [String: String], settings: String, shown: String) throws {
        let loader = ConfigurationLoader.discovering(environment)
        #expect(loader.found("urls").checks == ["postgres url=\(settings)"])
        let (configuration, diagnostics) = loader.load(CommandLineOptions(discover: "urls"))
        #expect(configuration?.checks.map(\.targetDescription) == [shown], "\(diagnostics.sorted)")
    }

    @Test("PGHOST may name several hosts, which one check cannot hold by reference")
    func severalHosts() {
        let (checks, messages) = ConfigurationLoader.discovering(["PGHOST": "a,b", "REDIS_URL": "redis://c"]).found()
        #expect(checks.count == 1)
        #expect(
            messages == ["PGHOST: warning: discovery leaves it out: it names several hosts; write one check for each"]
        )
    }
}
