import Configuration
import Health
import Testing

@testable import Probes

struct RabbitMQDiagnosticsTests {
    private static let url = "url: amqp://shop:secret-word@mq.example/shop"

    @Test(
        "What is sound is loaded without a word",
        arguments: [
            url, url + "?heartbeat=30&connection_timeout=10", "url: amqp://localhost", "url: amqp://127.0.0.1//",
            url + "\nqueue: orders\nminConsumers: 1\nmaxDepth: 0\nalarms: true", url + "\nvhost: shop",
            "url: amqps://shop:secret-word@mq.example\nvhost: shop\nca: /ca.pem",
            "url: amqp://mq.example\nlogin: false", "url: amqp://shop@mq.example\nlogin: false\nperiod: 30s",
        ]
    )
    func sound(check: String) {
        let (definition, found) = Bench.load(check)
        // That a check asks this machine is no fault of it.
        let words = found.filter { !$0.hasPrefix("notice: gates.startup") }
        #expect(definition != nil && words.isEmpty, "\(found)")
    }

    @Test(
        "What is doubtful gets a warning",
        arguments: [
            ("url: amqp://shop:secret-word@mq.example/", "the virtual host is taken to be '/'"),
            ("url: amqp://mq.example", "it logs in as 'guest', whom RabbitMQ lets in from its own machine only"),
        ]
    )
    func doubtful(check: String, message: String) {
        let (definition, found) = Bench.load(check)
        #expect(definition != nil && found.count == 1)
        #expect(found.first.map { $0.contains("warning") && $0.contains(message) } == true, "\(found)")
    }

    @Test(
        "Contradictions are errors",
        arguments: [
            ("url: amqp://shop@mq.example", "a user needs a password"),
            (url + "\nvhost: other", "vhost: the URL names the virtual host 'shop'"),
            (url + "\nminConsumers: 1", "minConsumers: needs a queue"),
            (url + "\nmaxDepth: 1", "maxDepth: needs a queue"),
            (url + "\nqueue: ''", "queue: the name of a queue has 1 to 255 bytes"),
            (url + "\nqueue: " + String(repeating: "q", count: 256), "queue: the name of a queue has 1 to 255 bytes"),
            (url + String(repeating: "v", count: 256), "the name of a virtual host has at most 255 bytes"),
            (url + "\nlogin: false\nqueue: orders", "queue: cannot be asked without logging in"),
            (url + "\nlogin: false\nalarms: true", "alarms: cannot be asked without logging in"),
            (url + "\nlogin: false\nperiod: 29s", "period: must be at least 30s"),
            (url + "\nca: /ca.pem", "ca: means nothing without TLS"),
            (url + "?auth_mechanism=external", "has none called `auth_mechanism`"),
        ]
    )
    func contradictions(check: String, message: String) {
        let (definition, found) = Bench.load(check)
        #expect(definition == nil)
        #expect(found.contains { $0.contains("error") && $0.contains(message) }, "\(found)")
        #expect(!found.contains { $0.contains("secret-word") })
    }

    @Test("Without a login the pace is slow, unless it is given: each try leaves warnings in the server's log")
    func pace() {
        #expect(Bench.load("url: amqp://mq.example?login=false").0?.policy.period == .seconds(30))
        #expect(Bench.load("url: amqp://mq.example?login=false\nperiod: 1m").0?.policy.period == .seconds(60))
        #expect(Bench.load("url: amqp://mq.example?login=true").0?.policy.period == .seconds(5))
    }
}
