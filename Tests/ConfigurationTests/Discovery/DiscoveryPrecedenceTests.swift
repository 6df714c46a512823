import Health
import TestSupport
import Testing

@testable import Configuration

/// What discovery finds lies below the file (CONTRACT sections 4 and 5).
struct DiscoveryPrecedenceTests {
    private let link = [
        "DB_NAME": "/web/db", "DB_PORT_5432_TCP_ADDR": "172.17.0.2", "DB_PORT_5432_TCP_PORT": "5432",
    ]

    private func check(
        _ environment: [String: String],
        _ arguments: CommandLineOptions,
        files: [String: String] = [:]
    ) throws -> CheckDefinition {
        let (configuration, diagnostics) = ConfigurationLoader.discovering(environment, files: files).load(arguments)
        #expect(configuration?.checks.count == 1)
        return try #require(configuration?.checks.first, "\(diagnostics.sorted)")
    }

    @Test("The file, variables and the command line say more of a check that was found, key by key")
    func keys() throws {
        let found = link.merging(["DB_ENV_POSTGRES_PASSWORD": "c4n4ry"]) { $1 }
        let check = try check(
            found,
            CommandLineOptions(config: "/a.yaml", discover: "links"),
            files: ["/a.yaml": "checks:\n  db: {period: 2s, user: shop}\n"]
        )
        #expect(check.targetDescription == "postgres://172.17.0.2:5432" && check.policy.period == .seconds(2))
        #expect(check.text("user") == "shop" && check.password == .value(Secret("c4n4ry")))
        #expect(check.origin == "DB_PORT_5432_TCP_ADDR, /a.yaml:2")
    }

    @Test("Who gives a password means to log in")
    func password() throws {
        let file = ["/a.yaml": "checks: {db: {passwordFile: /s/pw}}", "/s/pw": "c4n4ry"]
        let check = try check(link, CommandLineOptions(config: "/a.yaml", discover: "links"), files: file)
        #expect(check.boolean("login") == nil && check.password == .file(path: "/s/pw"))
        let plain = try self.check(link, CommandLineOptions(discover: "links"))
        #expect(plain.boolean("login") == false)
    }

    @Test("Another target of the same name gets nothing of what was found: no password goes to a stranger")
    func target() throws {
        let found = link.merging(["DB_ENV_POSTGRES_PASSWORD": "c4n4ry"]) { $1 }
        let check = try check(found, CommandLineOptions(checks: ["db=postgres://other/x"], discover: "links"))
        #expect(check.password == nil && check.boolean("login") == nil && check.text("user") == nil)
        #expect(check.targetDescription == "postgres://other:5432/x" && check.origin == "--check")
        let other = try self.check(found, CommandLineOptions(checks: ["db=redis://other"], discover: "links"))
        #expect(other.type.name == "redis")
    }

    @Test("The option goes before the variable, and an empty variable says nothing")
    func option() throws {
        let environment = link.merging(["REDIS_URL": "redis://cache", "ALLCLEAR_DISCOVER": "urls"]) { $1 }
        #expect(try check(environment, CommandLineOptions()).name.description == "redis")
        #expect(try check(environment, CommandLineOptions(discover: "links")).name.description == "db")
        let (none, _) = ConfigurationLoader.discovering(["REDIS_URL": "redis://c", "ALLCLEAR_DISCOVER": ""]).load()
        #expect(none == nil)
    }

    @Test("Where nothing names a check, wait discovers; a check, or discovery that was asked for, stands alone")
    func otherwise() throws {
        let environment = link.merging(["REDIS_URL": "redis://cache"]) { $1 }
        func names(_ more: [String: String] = [:], _ arguments: CommandLineOptions = .init()) -> [String]? {
            ConfigurationLoader.discovering(environment.merging(more) { $1 }, files: ["/a.yaml": "drain: {delay: 2s}"])
                .load(arguments, otherwiseDiscover: true).0?
                .checks.map(\.name.description)
        }
        #expect(names() == ["redis", "db"])
        #expect(names([:], CommandLineOptions(config: "/a.yaml")) == ["redis", "db"])
        #expect(names(["ALLCLEAR_CHECK_A": "redis://a"]) == ["a"])
        #expect(names([:], CommandLineOptions(checks: ["a=redis://a"])) == ["a"])
        #expect(names(["ALLCLEAR_DISCOVER": "urls"]) == ["redis"])
        #expect(names([:], CommandLineOptions(config: "/gone")) == nil)
    }

    @Test("Where nothing is found, it says where it looked")
    func nothing() {
        for (arguments, otherwise, sources) in [
            (CommandLineOptions(discover: "links"), false, "links"), (CommandLineOptions(), true, "links,urls"),
        ] {
            let (none, diagnostics) = ConfigurationLoader.discovering([:]).load(arguments, otherwiseDiscover: otherwise)
            #expect(none == nil)
            let messages = diagnostics.sorted.map(\.message)
            #expect(messages.count == 1)
            #expect(
                messages[0]
                    .hasPrefix("there is nothing to check, and discovery (\(sources)) finds nothing in the environment")
            )
        }
    }
}
