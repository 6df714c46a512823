import Foundation
import TestSupport
import Testing

/// The examples, run in the root of the image against real servers, under the names that they use.
///
/// What a test adds to an example is a free port to listen on, and files in place of the orchestrator's.
@Suite(
    .serialized,
    .enabled(if: ImageRoot.made != nil && getuid() == 0, "needs root, and an image root: `make test-image` makes one")
)
struct ExampleRunTests {
    private let password = "a-shop's secret"

    @Test(
        "The sidecar of a pod is ready when its services are",
        arguments: ["kubernetes.yaml", "kubernetes-hold.yaml"]
    )
    func kubernetes(_ name: String) async throws {
        let certificates = try await Certificates.make()
        let pair = try await certificates.issue("db", names: "DNS:db")
        let database = try await PostgreSQLServer.start(.init(certificate: pair))
        try await database.createAccount("shop", password: password)
        let cache = try await RedisServer.prepared()
        let stage = try Stage(["/run/secrets/db/password": "\(password)\n"])
        try stage.services.add("db", port: 5432, leadingTo: database.port)
        try stage.services.add("cache", port: 6379, leadingTo: cache.port)

        let container = try ExampleContainer(kubernetes: Example(name).value())
        let gateway = try await stage.run(container, files: [ImageRoot.issuers: certificates.authority])
        let start = try #require(container.description["startupProbe"]?["httpGet"]?["path"]?.string)
        let readiness = try #require(container.description["readinessProbe"]?["httpGet"]?["path"]?.string)
        try await gateway.waitForStatus(200, on: start)
        try await gateway.waitForStatus(200, on: readiness)
        try await eventually("a warning") { try await gateway.client.get("/ready").text.contains(#""status":"warn""#) }
        try await database.kill9()
        try await gateway.waitForStatus(503, on: readiness)
        #expect(try await gateway.status(of: start) == 200)
    }

    @Test("Under Compose it is healthy once its services are there")
    func compose() async throws {
        let database = try await PostgreSQLServer.start()
        try await database.createAccount("shop", password: password)
        try await database.kill9()
        let cache = try await RedisServer.start()
        let stage = try Stage(["/run/secrets/db-password": password])
        try stage.services.add("db", port: 5432, leadingTo: database.port)
        try stage.services.add("cache", port: 6379, leadingTo: cache.port)

        let container = try ExampleContainer(compose: Example("compose.yaml").value())
        let gateway = try await stage.run(container)
        _ = try await gateway.executable.waitForLine(containing: "check=db")
        #expect(try await stage.isHealthy(container, gateway) == false)
        try await database.start()
        try await eventually("healthy") { try await stage.isHealthy(container, gateway) }
    }

    @Test(
        "A container that only waits ends well when its services let a client in, and not before",
        arguments: ["kubernetes-init.yaml", "compose-wait.yaml"]
    )
    func waiting(_ name: String) async throws {
        let certificates = try await Certificates.make()
        let pair = try await certificates.issue("db", names: "DNS:db")
        let database = try await PostgreSQLServer.start(.init(certificate: pair))
        try await database.createAccount("shop", password: password)
        let cache = try await RedisServer.prepared()
        let stage = try Stage(["/run/secrets/db/password": password, "/run/secrets/db-password": password])
        try stage.services.add("db", port: 5432, leadingTo: database.port)
        try stage.services.add("cache", port: 6379, leadingTo: cache.port)

        let file = try Example(name).value()
        let isPod = name.hasPrefix("kubernetes")
        let container = try isPod ? ExampleContainer(kubernetes: file) : ExampleContainer(compose: file)
        let run = try stage.start(container, files: [ImageRoot.issuers: certificates.authority])
        try await run.waitForLine(containing: "db: passed")
        #expect(run.process.isRunning)
        try await cache.start()
        #expect(try await run.waitForEnd() == .exited(0), "\(run.errorOutput)")
        #expect(run.output.contains("last: cache"))
        #expect(!(run.output + run.errorOutput).contains(password))
    }

    @Test(
        "An image that waits for its services itself becomes its application",
        .enabled(if: RealServers.areWanted([.gunicorn]), "\(RealServers.whyNot([.gunicorn]))")
    )
    func ownImage() async throws {
        let database = try await PostgreSQLServer.prepared()
        let cache = try await RedisServer.start()
        let shop = try Shop()
        let text = try Example("shop.dockerfile").text()
        let words = try ["ENTRYPOINT", "CMD"].flatMap { try ImageSource.words(behind: $0, in: text) }
        let command = words.map {
            $0.replacing(":8000", with: "127.0.0.1:\(shop.port)").replacing("/srv/shop", with: shop.path)
        }
        let root = try ImageRoot.debian()
        let run = try Executable(
            Array(root.wrapper.dropFirst()) + command,
            environment: Shop.environment(database, cache),
            program: Tool.find(root.wrapper[0])
        )
        defer { run.stop() }
        try await run.waitForLine(containing: "db: 127.0.0.1")
        try await database.start()
        try await eventually("the shop") { try await shop.isOpen() }
        #expect(ProcessTable.name(of: run.process.processIdentifier) == "gunicorn")
        withExtendedLifetime(root) {}
    }

    @Test("HAProxy follows the roles; while two call themselves primary it sends to both: a role is not leadership")
    func pair() async throws {
        let primary = try await PostgreSQLServer.start()
        try await primary.createAccount("checker", password: password)
        let standby = try await primary.createStandby()
        let stage = try Stage(["/run/secrets/db-password": "\(password)\n"])
        var replacements = [":5000", ":5001"].map { ($0, "127.0.0.1:\(FreePort.find())") }
        for (number, server) in [primary, standby].enumerated() {
            let text = try Example("pair.yaml").text().replacing("127.0.0.1", with: "127.0.0.1:\(server.port)")
            let file = try stage.folder.write(text, to: "\(number).yaml")
            let gateway = try await stage.run(["serve"], files: ["/etc/allclear/allclear.yaml": file])
            replacements.append(("10.0.0.1\(number + 1):5432", "127.0.0.1:\(server.port) port \(gateway.port)"))
        }
        let balancer = try Balancer(Example("pair.cfg"), replacements)

        func wait(for writers: [String], readers: [String]) async throws {
            try await eventually("writers \(writers), readers \(readers)") {
                try balancer.states(of: "writer") == writers && balancer.states(of: "readers") == readers
            }
        }
        try await wait(for: ["UP", "DOWN"], readers: ["DOWN", "UP"])
        try await standby.promote()
        try await wait(for: ["UP", "UP"], readers: ["DOWN", "DOWN"])
        primary.shutDown(.fast)
        try await wait(for: ["DOWN", "UP"], readers: ["DOWN", "DOWN"])
    }

    @Test("A release is ready when its migrations are done and somebody can work")
    func django() async throws {
        let database = try await PostgreSQLServer.start()
        try await database.createAccount("django", password: password)
        let cache = try await RedisServer.start()
        let broker = try await RabbitMQServer.start(
            .init(users: ["django": "a-broker's secret"], virtualHosts: ["django": ["django"]])
        )
        defer { broker.stop() }
        let stage = try Stage(
            [
                "/run/secrets/db-password": password, "/run/secrets/broker-password": "a-broker's secret",
                "/etc/allclear/allclear.yaml": try Example("django.yaml").text()
                    .replacing("period: 10s", with: "period: 1s"),
            ]
        )
        try stage.services.add("db", port: 5432, leadingTo: database.port)
        try stage.services.add("cache", port: 6379, leadingTo: cache.port)
        try stage.services.add("rabbitmq", port: 5672, leadingTo: broker.port)

        let container = try ExampleContainer(compose: Example("django-compose.yaml").value())
        let gateway = try await stage.run(container)
        try await eventually("healthy") { try await stage.isHealthy(container, gateway) }
        try await eventually("no table") {
            try await gateway.client.get("/ready").text.contains(#""code":"assert.not_found""#)
        }
        let owner = "SET ROLE django; CREATE TABLE django_migrations AS SELECT * FROM generate_series(1, 17)"
        try await database.execute(owner, database: "django")
        try await eventually("too few") {
            try await gateway.client.get("/ready").text.contains(#""code":"assert.unexpected""#)
        }
        try await database.execute("INSERT INTO django_migrations VALUES (18)", database: "django")
        try await gateway.waitForStatus(200)
        broker.stop()
        try await gateway.waitForStatus(503)
        #expect(try await stage.isHealthy(container, gateway))
    }

    @Test("HAProxy takes servers in and out as the gateways beside them say")
    func haproxy() async throws {
        let caches = [try await RedisServer.start(), try await RedisServer.start()]
        let stage = try Stage()
        var replacements = [(":8080", "127.0.0.1:\(FreePort.find())")]
        for (number, cache) in caches.enumerated() {
            let check = "redis://127.0.0.1:\(cache.port)#period=200ms,failureThreshold=1"
            let gateway = try await stage.run(["serve", "--check", "cache=\(check)"])
            replacements.append(("10.0.0.1\(number + 1):8000", "127.0.0.1:\(FreePort.find()) port \(gateway.port)"))
        }
        let balancer = try Balancer(Example("haproxy.cfg"), replacements)
        try await eventually("both are up") { try balancer.states(of: "shop") == ["UP", "UP"] }
        try await caches[0].kill9()
        try await eventually("one is down") { try balancer.states(of: "shop") == ["DOWN", "UP"] }
        try await caches[0].start()
        try await eventually("both are up") { try balancer.states(of: "shop") == ["UP", "UP"] }
    }

    @Test("nginx lets nobody through while a service is missing")
    func nginx() async throws {
        let cache = try await RedisServer.start()
        let stage = try Stage()
        let check = "cache=redis://127.0.0.1:\(cache.port)#period=200ms,failureThreshold=1"
        let gateway = try await stage.run(["serve", "--check", check])
        let shop = try HTTPOrigin(["/": .init(body: "welcome"), "/broken": .init(500, body: "our own mistake")])
        let port = FreePort.find()
        let text = try Example("nginx.conf").text().replacing("listen 8080", with: "listen 127.0.0.1:\(port)")
            .replacing("127.0.0.1:8000", with: "127.0.0.1:\(shop.port)")
            .replacing("127.0.0.1:8484", with: "127.0.0.1:\(gateway.port)")
        try stage.folder.write(text, to: "nginx.conf")
        let settings = "daemon off; master_process off; pid \(stage.folder.file("pid"));"
        let server = try Executable(
            ["-p", stage.folder.path, "-c", "nginx.conf", "-e", "stderr", "-g", settings],
            program: Tool.find("nginx")
        )
        defer { server.stop() }
        let client = SimpleHTTPClient(port: port)
        try await eventually("welcome") { (try? await client.get("/").text) == "welcome" }
        #expect(try await client.get("/broken").text == "our own mistake")
        #expect(try await client.get("/ready").status == 200)
        #expect(try await client.get("/allclear").status == 404)

        try await cache.kill9()
        try await eventually("closed") { try await client.get("/").status == 503 }
        #expect(try await client.get("/").text.hasPrefix("A service that this site needs is missing."))
        try await cache.start()
        try await eventually("welcome") { (try? await client.get("/").text) == "welcome" }
    }
}
