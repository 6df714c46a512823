import Health
import TestSupport
import Testing

@testable import Probes

/// The probe against a real RabbitMQ, which all tests here share and leave as they found it.
@Suite(
    .serialized,
    .enabled(if: RealServers.areWanted([.rabbitMQ]), "RabbitMQ is not wanted or not installed"),
    SharedRabbitMQ()
)
struct RabbitMQServerTests {
    private let server: RabbitMQServer
    private let certificates: Certificates

    init() throws {
        (server, certificates) = try #require(SharedRabbitMQ.current)
    }

    private func check(_ tail: String = "/shop", user: String = "app:app-word@") -> String {
        "url: \"amqp://\(user)127.0.0.1:\(server.port)\(tail)\""
    }

    @Test("Passes, logs in, and tells a wrong password by the server's word, not by its silence")
    func login() async throws {
        try await Bench.use { bench async throws in
            #expect(try await bench.code(check(user: "").replacing("/shop", with: "")) == nil)
            #expect(try await bench.code(check()) == nil)
            #expect(try await bench.code(check(user: "app:wrong-word@")) == "login.denied")
            #expect(try await bench.code(check(user: "nobody:app-word@")) == "login.denied")
            let sentence = try await bench.sentence(check(user: "app:wrong-word@"))
            #expect(sentence?.contains(": login.denied: 403 ACCESS_REFUSED") == true)
            #expect(sentence?.contains("wrong-word") == false)
            #expect(try await bench.code(check("?login=false", user: "")) == nil)
        }
    }

    @Test("A password is read from its file at each attempt")
    func passwordFile() async throws {
        let folder = try TemporaryFolder("rabbitmq-password")
        let file = try folder.write("old-word\n", to: "password")
        try await Bench.use { bench async throws in
            let probe = try bench.probe(check(user: "app@") + "\npasswordFile: \(file)")
            #expect(probe.secretFiles == [file])
            #expect(await bench.run(probe).failure?.code.description == "login.denied")
            try folder.write("app-word\n", to: "password")
            #expect(await bench.run(probe).failure == nil)
            folder.remove()
            #expect(await bench.run(probe).failure?.code.description == "configure.not_found")
        }
    }

    @Test("A virtual host that is missing, closed to the user, full or down")
    func virtualHosts() async throws {
        try await Bench.use { bench async throws in
            #expect(try await bench.code(check("/nope")) == "login.not_found")
            #expect(try await bench.code(check("/%2f")) == "login.denied")
            try await server.limitConnections(to: "other", 0)
            #expect(try await bench.code(check("/other")) == "login.overloaded")
            try await server.limitConnections(to: "other", -1)
            #expect(try await bench.code(check("/other")) == nil)
            try await server.stopVirtualHost("down")
            #expect(try await bench.code(check("/down")) == "login.starting")
        }
    }

    @Test("A queue, its consumers and its messages")
    func queue() async throws {
        try await Bench.use { bench async throws in
            let queue = check() + "\nqueue: orders"
            #expect(try await bench.code(queue + "\nmaxDepth: 0") == nil)
            #expect(try await bench.code(check() + "\nqueue: nope") == "assert.not_found")
            // Whoever may do nothing with a queue may still ask whether it is there.
            #expect(try await bench.code(check(user: "bare:bare-word@") + "\nqueue: orders") == "login.denied")

            for _ in 0..<2 { try await server.publish("x", to: "orders", in: "shop") }
            #expect(try await bench.code(queue + "\nmaxDepth: 2") == nil)
            #expect(
                try await bench.sentence(queue + "\nmaxDepth: 1")
                    == "127.0.0.1:\(server.port): assert.unexpected: 2 messages wait, wanted: 1 at most"
            )
            try await server.purge("orders", in: "shop")

            #expect(try await bench.code(queue + "\nminConsumers: 1") == "assert.unexpected")
            let consumer = try consume("orders")
            defer { consumer.close() }
            try await eventually("a consumer") { try await bench.code(queue + "\nminConsumers: 1") == nil }
            #expect(try await bench.code(queue + "\nminConsumers: 2") == "assert.unexpected")
        }
    }

    @Test("A queue that another connection has for itself")
    func exclusiveQueue() async throws {
        try await Bench.use { bench async throws in
            let owner = try connect(
                [
                    .method(50, 10, channel: 1) { arguments in
                        arguments.short(0)
                        arguments.shortString("mine")
                        // Bit 2: exclusive.
                        arguments.octet(4)
                        arguments.table([])
                    }
                ]
            )
            defer { owner.close() }
            let queue = check() + "\nqueue: mine"
            try await eventually("a queue") { try await bench.code(queue) == "exchange.denied" }
        }
    }

    @Test("A memory alarm is found by whoever asks for it, publishes nothing, and leaves no connection behind")
    func alarm() async throws {
        try await Bench.use { bench async throws in
            let asking = check() + "\nqueue: orders\nmaxDepth: 0\nalarms: true"
            #expect(try await bench.code(asking) == nil)
            try await server.raiseAlarm()
            #expect(try await bench.code(check()) == nil)
            #expect(
                try await bench.sentence(asking) == "127.0.0.1:\(server.port): exchange.blocked: low on memory"
            )
            // The server does not read what it has blocked: it learns by its own heartbeats that nobody is there.
            try await eventually("no connection") { try await server.connectionCount == 0 }
            try await server.clearAlarm()
            #expect(try await bench.code(asking) == nil)
        }
    }

    @Test("Stopped, started, frozen, thawed")
    func life() async throws {
        try await Bench.use { bench async throws in
            try await server.stopBroker()
            #expect(try await bench.code(check()) == "connect.refused")
            try await server.startBroker()
            #expect(try await bench.code(check()) == nil)
            server.freeze()
            #expect(try await bench.code(check(), within: .milliseconds(200)) == "exchange.timed_out")
            server.thaw()
            #expect(try await bench.code(check()) == nil)
        }
    }

    @Test("TLS, with an issuer that is known, unknown, and a name that is another")
    func security() async throws {
        try await Bench.use { bench async throws in
            let port = try #require(server.securePort)
            let check = "url: amqps://app:app-word@localhost:\(port)/shop\nca: "
            #expect(try await bench.code(check + certificates.authority) == nil)
            #expect(try await bench.code(check + certificates.otherAuthority) == "secure.untrusted")
            #expect(
                try await bench.code(check + certificates.authority + "\nserverName: other.test")
                    == "secure.name_mismatch"
            )
            let plain = "url: amqp://app:app-word@127.0.0.1:\(port)/shop"
            // A TLS alert is no frame.
            #expect(try await bench.code(plain) == "exchange.malformed")
            let secure = "url: amqps://app:app-word@127.0.0.1:\(server.port)/shop\nverify: false"
            #expect(try await bench.code(secure) == "secure.unsupported")
        }
    }

    @Test(
        "A probe leaves the lines in the server's log that cannot be helped",
        arguments: [("", 4), ("\nqueue: orders\nalarms: true", 4), ("\nqueue: nope", 6), ("\nlogin: false", 3)]
    )
    func log(options: String, lines: Int) async throws {
        try await Bench.use { bench async throws in
            let probe = try bench.probe(check() + options)
            try await eventually("no connection") { try await server.connectionCount == 0 }
            let before = server.log
            for _ in 0..<5 { _ = await bench.run(probe) }
            // Once in some hundred times, when a connection is closed whose channel is still open, RabbitMQ 3.10 reports an error
            // of its own supervisors, in lines that are indented.
            func added() -> [Substring] {
                server.log.dropFirst(before.count).split(separator: "\n").filter { !$0.contains(">     ") }
            }
            try await eventually("the end of all connections") {
                added().count { $0.contains("closing AMQP connection") } == 5
            }
            // A warning of two lines is written at once.
            #expect(added().count == 5 * lines, "\(added().joined(separator: "\n"))")
        }
    }

    /// A client that consumes a queue as long as its socket is open.
    private func consume(_ queue: String) throws -> PlainSocket {
        try connect(
            [
                .method(60, 20, channel: 1) { arguments in
                    arguments.short(0)
                    arguments.shortString(queue)
                    arguments.shortString("")
                    arguments.octet(0)
                    arguments.table([])
                }
            ]
        )
    }

    /// A client that logs in, says the rest on a channel, and waits for no answer.
    private func connect(_ frames: [AMQPFrame]) throws -> PlainSocket {
        let socket = try PlainSocket.connect(to: .loopback(server.port))
        let login: [AMQPFrame] = [
            .startOk(.init(user: "app", password: "app-word")), .tuneOk(.init(frame: 8192, heartbeat: 60)),
            .open(virtualHost: "shop"), .channelOpen,
        ]
        try socket.write(AMQPFrame.protocolHeader + (login + frames).flatMap(\.bytes))
        return socket
    }
}

/// One RabbitMQ for the length of a suite.
struct SharedRabbitMQ: SuiteTrait, TestScoping {
    @TaskLocal static var current: (RabbitMQServer, Certificates)?

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let certificates = try await Certificates.make()
        let options = RabbitMQServer.Options(
            users: ["app": "app-word", "bare": "bare-word"],
            virtualHosts: ["shop": ["app"], "other": ["app"], "down": ["app"]],
            queues: ["shop": ["orders"]],
            certificate: certificates.server
        )
        try await RabbitMQServer.running(options) { server async throws in
            try await Self.$current.withValue((server, certificates)) { try await function() }
        }
    }
}
