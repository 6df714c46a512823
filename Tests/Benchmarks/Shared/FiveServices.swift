import Foundation
package import TestSupport

/// A real server of each kind that the gateway's usual application needs, and the checks of them all at 1 s.
package struct FiveServices: Sendable {
    package let redis: RedisServer
    private let postgres: PostgreSQLServer
    private let rabbit: RabbitMQServer
    private let web: Contender

    package static func start() async throws -> FiveServices {
        async let rabbit = RabbitMQServer.start()
        async let postgres = PostgreSQLServer.start()
        async let redis = RedisServer.start()
        async let web = Program.nginx().start()
        let services = try await FiveServices(redis: redis, postgres: postgres, rabbit: rabbit, web: web)
        try await services.postgres.execute("CREATE ROLE app LOGIN PASSWORD 'app-secret'")
        try await services.postgres.execute("CREATE DATABASE app OWNER app")
        return services
    }

    private init(redis: RedisServer, postgres: PostgreSQLServer, rabbit: RabbitMQServer, web: Contender) {
        self.redis = redis
        self.postgres = postgres
        self.rabbit = rabbit
        self.web = web
    }

    /// For the gateway's file.
    package var configuration: String {
        """
        defaults: {period: 1s, timeout: 1s, failureThreshold: 1}
        checks:
          db: {url: "postgres://app:app-secret@127.0.0.1:\(postgres.port)/app"}
          cache: {url: "redis://127.0.0.1:\(redis.port)"}
          broker: {url: "amqp://guest:guest@127.0.0.1:\(rabbit.port)"}
          web: {url: "http://127.0.0.1:\(web.program.port)/ready"}
          socket: {url: "tcp://127.0.0.1:\(web.program.port)"}

        """
    }

    package func stop() {
        redis.stop()
        postgres.stop()
        rabbit.stop()
        web.stop()
    }
}
