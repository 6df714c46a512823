import Health
import Testing

@testable import Configuration

/// Command line, then variables, then file, then defaults, key by key (CONTRACT section 4).
struct PrecedenceTests {
    private let yaml = """
        defaults: {failureThreshold: 5, period: 9s}
        listen: [":1000"]
        checks:
          db: {url: "postgres://file/app", role: replica, maxLag: 3s, passwordFile: /file}
          app: {file: /srv}
        """

    private func load(_ environment: [String: String] = [:], _ arguments: CommandLineOptions = .init()) throws
        -> Configuration
    {
        let (configuration, messages) = ConfigurationLoader.load(yaml, environment: environment, arguments: arguments)
        return try #require(configuration, "\(messages)")
    }

    @Test("The file stands over the defaults")
    func file() throws {
        let configuration = try load()
        let db = configuration.checks[0]
        #expect(db.policy.failureThreshold == 5 && db.policy.period == .seconds(9) && db.policy.successThreshold == 1)
        #expect(configuration.listeners.map(\.text) == [":1000"])
        #expect(configuration.file == "allclear.yaml")
        #expect(db.origin == "allclear.yaml:4")
    }

    @Test("A variable stands over the file, in the keys that it names")
    func variable() throws {
        let configuration = try load([
            "ALLCLEAR_CHECK_DB": "postgres://variable/app?role=primary#period=2s",
            "ALLCLEAR_LISTEN": " :2000, [::1]:2001",
        ])
        let db = configuration.checks[0]
        #expect(db.targetDescription == "postgres://variable:5432/app?…")
        #expect(db.text("role") == "primary" && db.duration("maxLag") == .seconds(3))
        #expect(db.policy.period == .seconds(2) && db.policy.failureThreshold == 5)
        #expect(db.password == .file(path: "/file"))
        #expect(db.origin == "allclear.yaml:4, ALLCLEAR_CHECK_DB")
        #expect(configuration.listeners.map(\.text) == [":2000", "[::1]:2001"])
    }

    @Test("The command line stands over variables, in the keys that it names")
    func commandLine() throws {
        let arguments = CommandLineOptions(
            listen: [":3000"],
            checks: ["db=postgres://x:pw@argument/app#required=false", "app=redis://app", "redis://cache"],
            logLevel: "debug"
        )
        let configuration = try load(
            [
                "ALLCLEAR_CHECK_DB": "postgres://variable/app#period=2s", "ALLCLEAR_LISTEN": ":2000",
                "ALLCLEAR_LOG_LEVEL": "error",
                "ALLCLEAR_LOG_FORMAT": "json",
            ],
            arguments
        )
        let db = configuration.checks[0]
        #expect(db.targetDescription == "postgres://x:***@argument:5432/app")
        #expect(db.policy.period == .seconds(2) && !db.policy.isRequired)
        #expect(db.password == .value(Secret("pw")), "the URL of a later source stands over the file of an earlier one")
        #expect(configuration.checks.map(\.name.description) == ["db", "app", "cache"])
        #expect(configuration.checks[1].type.name == "redis", "a URL takes the place of the file's own selector")
        #expect(configuration.listeners.map(\.text) == [":3000"])
        #expect(configuration.logLevel == .debug && configuration.logFormat == .json)
    }

    @Test("The file is looked for where the command line, a variable, or nobody says")
    func places() {
        let files = ["/a": "checks: {a: {url: 'redis://a'}}", "/b": "checks: {b: {url: 'redis://b'}}"]
        let usual = [ConfigurationLoader.defaultPath: "checks: {c: {url: 'redis://c'}}"]
            .merging(files) { first, _ in first }
        func names(_ loader: ConfigurationLoader, _ config: String?) -> [String]? {
            loader.load(CommandLineOptions(config: config)).0?.checks.map(\.name.description)
        }
        #expect(names(.test(["ALLCLEAR_CONFIG": "/b"], files: usual), "/a") == ["a"])
        #expect(names(.test(["ALLCLEAR_CONFIG": "/b"], files: usual), nil) == ["b"])
        #expect(names(.test(["ALLCLEAR_CONFIG": ""], files: usual), nil) == ["c"])
        #expect(names(.test(files: files), nil) == nil)
        let (_, diagnostics) = ConfigurationLoader.test(["ALLCLEAR_CONFIG": "/gone"]).load()
        #expect(diagnostics.sorted.map(\.description) == ["ALLCLEAR_CONFIG: error: cannot read /gone: no such file"])
    }

    @Test("Without anything said it listens on port 8484 and complains that there is nothing to check")
    func nothing() {
        let (configuration, diagnostics) = ConfigurationLoader.test().load()
        #expect(configuration == nil)
        #expect(diagnostics.sorted.map(\.path) == ["checks"])
        let (one, _) = ConfigurationLoader.test().load(CommandLineOptions(checks: ["redis://cache"]))
        #expect(one?.listeners.map(\.address) == [.tcp(host: nil, port: 8484)])
        #expect(one?.drain == .init() && one?.limits == .init() && one?.file == nil && one?.logLevel == .info)
    }

    @Test("A short period alone means a short time-out too")
    func shortPeriod() throws {
        let (configuration, _) = ConfigurationLoader.load(
            "checks: {a: {url: 'redis://a', period: 250ms}, b: {url: 'redis://b', period: 3s}}"
        )
        #expect(configuration?.checks.map(\.policy.timeout) == [.milliseconds(250), .seconds(1)])
    }

    @Test("A default period that is too short for a protocol is stretched for it")
    func lowestPeriod() {
        let (configuration, messages) = ConfigurationLoader.load(
            "defaults: {period: 100ms}\nchecks: {a: {url: 'redis://a'}, b: {url: 'http://b'}}"
        )
        #expect(configuration?.checks.map(\.policy.period) == [.milliseconds(200), .milliseconds(100)], "\(messages)")
    }
}
