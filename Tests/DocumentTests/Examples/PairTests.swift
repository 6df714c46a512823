import TestSupport
import Testing

/// The example of a pair, run beside two real servers and behind a real balancer.
@Suite(
    .enabled(
        if: RealServers.areWanted([.postgreSQL]) && Tool.find("haproxy") != nil,
        "PostgreSQL 15 or haproxy is not installed, or real servers are not wanted"
    )
)
struct PairTests {
    @Test("HAProxy follows the roles; while two call themselves primary it sends to both: a role is not leadership")
    func promotion() async throws {
        let primary = try await PostgreSQLServer.start()
        defer { primary.stop() }
        try await primary.createAccount("checker", password: "checker-word")
        let standby = try await primary.createStandby()
        defer { standby.stop() }
        let folder = try TemporaryFolder("pair")
        defer { folder.remove() }

        var gateways: [RunningGateway] = []
        defer { for gateway in gateways { gateway.executable.stop() } }
        var replacements = [":5000", ":5001"].map { ($0, "127.0.0.1:\(FreePort.find())") }
        for (number, server) in [primary, standby].enumerated() {
            let text = try Example("pair.yaml").text().replacing("127.0.0.1", with: "127.0.0.1:\(server.port)")
                .replacing("/run/secrets/db-password", with: try folder.write("checker-word\n", to: "password"))
            let file = try folder.write(text, to: "\(number).yaml")
            let gateway = try await RunningGateway(arguments: ["serve", "--config", file])
            gateways.append(gateway)
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
}
