import TestSupport

/// The application of the recipes: a page that gunicorn serves.
final class Shop: Sendable {
    let port = FreePort.find()
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder("shop")
        let page = """
            def application(environ, start_response):
                start_response("200 OK", [("Content-Type", "text/plain")])
                return [b"welcome"]

            """
        try folder.write(page, to: "shop.py")
    }

    /// The folder of its source.
    var path: String { folder.path }

    /// Where its services are.
    static func environment(_ database: PostgreSQLServer, _ cache: RedisServer) -> [String: String] {
        let login = "\(PostgreSQLServer.superuser):\(PostgreSQLServer.superuserPassword)"
        return [
            "DATABASE_URL": "postgres://\(login)@127.0.0.1:\(database.port)/postgres",
            "CACHE_URL": "redis://127.0.0.1:\(cache.port)",
        ]
    }

    func isOpen() async throws -> Bool {
        (try? await SimpleHTTPClient(port: port).get("/").text) == "welcome"
    }
}
