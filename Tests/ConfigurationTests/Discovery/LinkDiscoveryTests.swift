import Health
import TestSupport
import Testing

@testable import Configuration

/// Docker links and Kubernetes Services, in environments as they were recorded.
struct LinkDiscoveryTests {
    @Test("Each Docker link becomes one check, with the credentials of the other container by reference")
    func docker() throws {
        let (checks, messages) = ConfigurationLoader.discovering(try RecordedEnvironment.dockerLinks.variables())
            .found("links")
        #expect(
            checks == [
                "postgres url=postgres://${POSTGRES_PORT_5432_TCP_ADDR}:${POSTGRES_PORT_5432_TCP_PORT} "
                    + "user=${POSTGRES_ENV_POSTGRES_USER} database=${POSTGRES_ENV_POSTGRES_DB} "
                    + "password=${POSTGRES_ENV_POSTGRES_PASSWORD}",
                "rabbitmq url=amqp://${RABBITMQ_PORT_5672_TCP_ADDR}:${RABBITMQ_PORT_5672_TCP_PORT} "
                    + "user=${RABBITMQ_ENV_RABBITMQ_DEFAULT_USER} vhost=${RABBITMQ_ENV_RABBITMQ_DEFAULT_VHOST} "
                    + "password=${RABBITMQ_ENV_RABBITMQ_DEFAULT_PASS}",
                "redis url=redis://${REDIS_PORT_6379_TCP_ADDR}:${REDIS_PORT_6379_TCP_PORT} login=false",
            ]
        )
        #expect(messages.isEmpty)
    }

    @Test("What was found is loaded as it stands in the variables, and says which they are")
    func dockerLoaded() throws {
        let loader = ConfigurationLoader.discovering(try RecordedEnvironment.dockerLinks.variables())
        let (configuration, diagnostics) = loader.load(CommandLineOptions(discover: "links"))
        let checks = try #require(configuration?.checks, "\(diagnostics.sorted)")
        #expect(
            checks.map(\.targetDescription) == [
                "postgres://172.17.0.2:5432", "amqp://172.17.0.4:5672", "redis://172.17.0.3:6379",
            ]
        )
        #expect(checks.map(\.password) == ["c4n4ry$postgres", "c4n4ry@rabbit"].map { .value(Secret($0)) } + [nil])
        #expect(checks[0].text("user") == "mayan" && checks[0].text("database") == "documents")
        #expect(
            checks.map(\.origin)
                == ["POSTGRES_PORT_5432_TCP_ADDR", "RABBITMQ_PORT_5672_TCP_ADDR", "REDIS_PORT_6379_TCP_ADDR"]
        )
        #expect(!"\(checks.map { "\($0.options) \($0.targetDescription)" })".contains(RecordedEnvironment.canary))
    }

    @Test("A link under three names is one check; what cannot be asked is left out with one line")
    func compose() throws {
        let environment = try RecordedEnvironment.composeLinks.variables()
        let (checks, messages) = ConfigurationLoader.discovering(environment).found("links")
        #expect(
            checks == [
                "cache url=redis://${CACHE_PORT_6379_TCP_ADDR}:${CACHE_PORT_6379_TCP_PORT} "
                    + "password=${CACHE_ENV_REDIS_PASSWORD}",
                "db url=postgres://${DB_PORT_5432_TCP_ADDR}:${DB_PORT_5432_TCP_PORT} login=false",
                "search url=tcp://${SEARCH_PORT_11211_TCP_ADDR}:${SEARCH_PORT_11211_TCP_PORT}",
            ]
        )
        #expect(messages.count == 3)
        #expect(
            messages[0]
                == "DB_ENV_POSTGRES_PASSWORD_FILE: warning: discovery leaves it out: the file that it names is not here, "
                + "where it has another name or none"
        )
        #expect(
            messages[1].hasPrefix("ORDERS_PORT_3306_TCP_ADDR: warning: discovery leaves it out: port 3306 is MySQL's")
        )
        #expect(
            messages[2].hasPrefix("SEARCH_PORT_11211_TCP_ADDR: warning: checks.search.url: port 11211 is memcached's")
        )
    }

    @Test("A secret file of the other container is used where it is here too")
    func secretFile() throws {
        let environment = try RecordedEnvironment.composeLinks.variables()
        let loader = ConfigurationLoader.discovering(environment, files: ["/run/secrets/db-password": "c4n4ry\n"])
        let (configuration, _) = loader.load(CommandLineOptions(discover: "links"))
        let check = try #require(configuration?.checks.first { $0.name.description == "db" })
        #expect(check.password == .file(path: "/run/secrets/db-password"))
    }

    @Test(
        "Without the other container's variables the images' own in our environment hold, with their files",
        arguments: [
            ([:], "login=false"),
            (["POSTGRES_PASSWORD": "c4n4ry"], "user=postgres password=${POSTGRES_PASSWORD}"),
            (["POSTGRES_PASSWORD": ""], "login=false"), (["POSTGRES_USER": "shop"], "login=false"),
            (
                ["POSTGRES_PASSWORD_FILE": "/s/pw", "POSTGRES_USER_FILE": "/s/user", "POSTGRES_DB": "shop"],
                "user=sh$$op database=${POSTGRES_DB} passwordFile=${POSTGRES_PASSWORD_FILE}"
            ),
            (
                ["DB_ENV_POSTGRES_PASSWORD": "c4n4ry", "POSTGRES_PASSWORD": "other", "POSTGRES_USER": "other"],
                "user=postgres password=${DB_ENV_POSTGRES_PASSWORD}"
            ),
        ] as [([String: String], String)]
    )
    func credentials(more: [String: String], settings: String) {
        let link = [
            "DB_NAME": "/web/db", "DB_PORT_5432_TCP_ADDR": "172.17.0.2", "DB_PORT_5432_TCP_PORT": "5432",
        ]
        let loader = ConfigurationLoader.discovering(
            link.merging(more) { $1 },
            files: ["/s/pw": "c4n4ry", "/s/user": "sh$op\n"]
        )
        let (checks, messages) = loader.found("links")
        #expect(checks == ["db url=postgres://${DB_PORT_5432_TCP_ADDR}:${DB_PORT_5432_TCP_PORT} \(settings)"])
        #expect(!messages.joined().contains("c4n4ry"))
    }

    @Test(
        "What only looks like a link is none",
        arguments: [
            ["DB_NAME": "db"], ["DB_NAME": "/web/other"], ["DB_NAME": "/db"],
            ["DB_NAME": "/web/db", "DB_PORT_5432_TCP_PORT": ""], ["DB_NAME": ""],
        ]
    )
    func noLinks(more: [String: String]) {
        let link = ["DB_PORT_5432_TCP_ADDR": "172.17.0.2", "DB_PORT_5432_TCP_PORT": "5432"]
        #expect(ConfigurationLoader.discovering(link.merging(more) { $1 }).found("links").checks.isEmpty)
    }

    @Test("Kubernetes Services are found by name alone, and their well-known port picks the protocol")
    func kubernetes() throws {
        let loader = ConfigurationLoader.discovering(try RecordedEnvironment.kubernetesPod.variables())
        let (checks, messages) = loader.found("links=postgres,redis,rabbitmq,mail-relay,orders-service")
        #expect(
            checks == [
                "postgres url=postgres://${POSTGRES_SERVICE_HOST}:${POSTGRES_SERVICE_PORT} user=${POSTGRES_USER} "
                    + "database=${POSTGRES_DB} password=${POSTGRES_PASSWORD}",
                "redis url=redis://${REDIS_SERVICE_HOST}:${REDIS_SERVICE_PORT} login=false",
                "rabbitmq url=amqp://${RABBITMQ_SERVICE_HOST}:${RABBITMQ_SERVICE_PORT_AMQP} login=false",
                "mail-relay url=tcp://${MAIL_RELAY_SERVICE_HOST}:${MAIL_RELAY_SERVICE_PORT}",
                "orders-service url=postgres://${ORDERS_SERVICE_SERVICE_HOST}:${ORDERS_SERVICE_SERVICE_PORT} "
                    + "user=${POSTGRES_USER} database=${POSTGRES_DB} password=${POSTGRES_PASSWORD}",
            ]
        )
        #expect(messages.isEmpty)
        let (all, _) = loader.found()
        #expect(all.isEmpty, "nobody asked for the Services of the whole namespace")
    }

    @Test("REDIS_PORT=tcp://… is Kubernetes' own, and never a port")
    func clash() throws {
        let loader = ConfigurationLoader.discovering(try RecordedEnvironment.kubernetesPod.variables())
        let (configuration, diagnostics) = loader.load(CommandLineOptions(discover: "links=redis"))
        let check = try #require(configuration?.checks.first, "\(diagnostics.sorted)")
        #expect(check.targetDescription == "redis://10.96.0.7:6379")
        let (none, messages) = loader.load(CommandLineOptions(checks: ["c=redis://cache:${REDIS_PORT}"]))
        #expect(none == nil)
        #expect(
            messages.sorted.map(\.description) == [
                "--check: error: checks.c.url: the port is `tcp://…`, as Docker and Kubernetes put it into variables like "
                    + "REDIS_PORT; theirs with the number are REDIS_PORT_6379_TCP_PORT and REDIS_SERVICE_PORT"
            ]
        )
    }

    @Test("A Service that the environment lacks is an error, with what was probably meant")
    func missing() throws {
        let loader = ConfigurationLoader.discovering(try RecordedEnvironment.kubernetesPod.variables())
        let (configuration, diagnostics) = loader.load(CommandLineOptions(discover: "links=postgres,rediss"))
        #expect(configuration == nil)
        #expect(
            diagnostics.sorted.map(\.description) == [
                "--discover: error: the environment names no service `rediss`: REDISS_SERVICE_HOST is not set; did you mean "
                    + "`redis`?; Kubernetes tells of Services that have an address and were there before the pod"
            ]
        )
    }

    @Test("A Docker link may be named as well, and then it alone is found")
    func namedLink() throws {
        let loader = ConfigurationLoader.discovering(try RecordedEnvironment.dockerLinks.variables())
        #expect(loader.found("links=redis").checks.map { $0.prefix(6) } == ["redis "])
    }
}
