import Health
import Testing

@testable import Configuration

struct ExampleTests {
    @Test("The contract's example loads, less what is not built in yet")
    func contract() throws {
        let yaml = #"""
            listen:
              - :8484
              - address: unix:/run/allclear/public.sock
                detail: full
            service: {name: mayan, version: "4", release: "4.9.1", description: documents}
            hosts: [status.example.org]
            drain: {delay: 1s, timeout: 5s}
            limits: {connections: 1024, waiters: 256, wait: 300s}
            defaults: {period: 5s, timeout: 1s, initialDelay: 0s, successThreshold: 1, failureThreshold: 2, jitter: 10%}
            checks:
              db:
                url: postgres://mayan@postgres:5432/mayan
                passwordFile: /run/secrets/db-password
                role: primary
                query: "SELECT count(*) FROM django_migrations WHERE app = 'documents'"
                expect: ">= 80"
              cache:  {url: "redis://cache:6379", required: false}
              app:    {url: "http://127.0.0.1:8000/ping", status: 200-299, body: pong}
              disk:   {file: /var/lib/mayan, writable: true, minFree: 1GiB, period: 30s}
              worker: {command: [/venv/bin/celery, -A, mayan, inspect, ping], env: {CELERY_BROKER_URL: "${CELERY_BROKER_URL}"}, period: 1m, timeout: 20s, required: false}
              talk:   {url: "tcp://mail:25", steps: [{expect: "220"}, {send: "QUIT\r\n"}]}
              k1: {url: "redis://k1"}
              k2: {url: "redis://k2"}
              k3: {url: "redis://k3"}
            gates:
              ready: [db, cache]
              startup: [db, {check: cache, required: true}]
              healthz: []
              quorum: {atLeast: 2, of: [k1, k2, k3]}
              writer: {check: db, role: primary}
              others: [app, disk, worker, talk]
            """#
        let (configuration, messages) = ConfigurationLoader.load(
            yaml,
            environment: ["CELERY_BROKER_URL": "amqp://c4n4ry"]
        )
        let loaded = try #require(configuration, "\(messages)")
        #expect(messages.isEmpty)
        #expect(
            loaded.checks.map(\.type.name) == [
                "postgres", "redis", "http", "file", "command", "tcp", "redis", "redis", "redis",
            ]
        )
        #expect(loaded.checks[0].secret("password") == .file(path: "/run/secrets/db-password"))
        #expect(loaded.checks[2].statusSet("status")?.contains(204) == true)
        #expect(loaded.checks[3].size("minFree") == 1 << 30 && loaded.checks[3].boolean("writable") == true)
        #expect(loaded.checks[4].targetDescription == "/venv/bin/celery -A mayan inspect ping")
        #expect(loaded.checks[4].policy.timeout == .seconds(20))
        #expect(loaded.checks[5].steps("steps") == [.expect("220"), .send(Secret("QUIT\r\n"))])
        #expect(loaded.checks[0].location(of: "expect") == .file(path: "allclear.yaml", line: 16, column: 13))
        #expect(loaded.checks[0].options.map(\.shown).first == "in file /run/secrets/db-password")
        #expect(!"\(loaded)".contains("c4n4ry"))
    }
}
