import Health
import Testing

@testable import Configuration

struct GateTests {
    private func load(_ yaml: String) throws -> Configuration {
        let (configuration, messages) = ConfigurationLoader.load(yaml)
        return try #require(configuration, "\(messages)")
    }

    /// A rule in words, for comparison.
    private func words(_ name: String, _ configuration: Configuration) -> String? {
        guard let gate = configuration.gates.first(where: { $0.name.description == name }) else { return nil }
        let entries = gate.rule.entries.map { entry in
            let name =
                switch entry.subject {
                case .check(let index): configuration.checks[index].name.description
                case .gate(let index): "gate " + configuration.gates[index].name.description
                }
            let condition = entry.condition.map { condition in
                let parts = [condition.role?.description, condition.maxLag.map(DurationText.text)].compactMap(\.self)
                return " as \(parts.joined(separator: " within "))"
            }
            return name + (entry.isRequired.map { $0 ? "!" : "?" } ?? "") + (condition ?? "")
        }
        return
            "\(gate.rule.quorum) [\(entries.joined(separator: ", "))]\(gate.opensWithFirstResults ? " first results" : "")"
    }

    private let checks = """
        checks:
          db: {url: "postgres://db/app"}
          cache: {url: "redis://cache", required: false}
          app: {url: "http://127.0.0.1/"}
          job: {command: [/bin/true]}
          disk: {file: /srv}

        """

    @Test("Gates that nobody wrote down have their meanings, and come first")
    func defaults() throws {
        let configuration = try load(checks)
        #expect(configuration.gates.map(\.name.description) == ["ready", "startup", "healthz"])
        #expect(configuration.gates.allSatisfy { $0.location == .builtIn })
        #expect(words("ready", configuration) == "all [db, cache, app, job, disk]")
        #expect(words("startup", configuration) == "all [db, cache, disk]", "less loopback and commands")
        #expect(words("healthz", configuration) == "all []")
    }

    @Test("The default startup follows ready, less the gates that hold something local")
    func startupFollowsReady() throws {
        let configuration = try load(
            checks + """
                gates:
                  writers: {any: [db, cache]}
                  mixed: [writers, app]
                  ready: [{check: cache, required: true}, writers, mixed, job]
                """
        )
        #expect(words("startup", configuration) == "all [cache!, gate writers]")
        #expect(configuration.gates.map(\.name.description) == ["ready", "startup", "healthz", "writers", "mixed"])
    }

    @Test("A startup of which nothing is left opens with the first results")
    func firstResults() throws {
        let configuration = try load("checks: {app: {url: 'http://[::1]/'}, job: {command: [/bin/true]}}")
        #expect(words("startup", configuration) == "all [app, job] first results")
    }

    @Test("A quorum that loses its local entries asks for no more than is left")
    func quorum() throws {
        let configuration = try load(checks + "gates: {ready: {atLeast: 2, of: [db, app, disk, job]}, extra: [cache]}")
        #expect(words("startup", configuration) == "atLeast(2) [db, disk]")
        let smaller = try load(checks + "gates: {ready: {atLeast: 2, of: [db, app]}, extra: [cache, job, disk]}")
        #expect(words("startup", smaller) == "atLeast(1) [db]")
    }

    @Test("Every form of a gate is read")
    func forms() throws {
        let configuration = try load(
            checks + """
                gates:
                  one: [db, {check: cache, required: true}, {check: app, required: false}]
                  two: {all: [one]}
                  three: {any: [db, two]}
                  startup: []
                """
        )
        #expect(words("one", configuration) == "all [db, cache!, app?]")
        #expect(words("two", configuration) == "all [gate one]")
        #expect(words("three", configuration) == "any [db, gate two]")
        #expect(words("startup", configuration) == "all []")
    }

    @Test("A condition stands alone or in a list, and alone it needs its check even where that is optional")
    func conditions() throws {
        let configuration = try load(
            checks + """
                gates:
                  writer: {check: db, role: read-write}
                  reader: {check: cache, role: replica, maxLag: 1m}
                  face: {check: app}
                  lenient: {check: cache, role: primary, required: false}
                  alias: {check: writer}
                  either: {any: [{check: db, role: primary}, {check: db, maxLag: 0s}, cache]}
                  all: {all: [{check: cache, role: replica, required: true}]}
                  most: {atLeast: 1, of: [{check: db, role: replica}, job, disk]}
                """
        )
        #expect(words("writer", configuration) == "all [db! as read-write]")
        #expect(words("reader", configuration) == "all [cache! as replica within 1m]")
        #expect(words("face", configuration) == "all [app!]")
        #expect(words("lenient", configuration) == "all [cache? as primary]")
        #expect(words("alias", configuration) == "all [gate writer]")
        #expect(words("either", configuration) == "any [db as primary, db as 0s, cache]")
        #expect(words("all", configuration) == "all [cache! as replica]")
        #expect(words("most", configuration) == "atLeast(1) [db as replica, job, disk]")
    }

    @Test("A check looks at what gates ask of it, whatever its own options say")
    func observed() throws {
        let configuration = try load(
            """
            checks: {a: {url: 'postgres://a/b'}, b: {url: 'redis://b'}, c: {url: 'postgres://c/d', role: primary}}
            gates: {writer: {check: a, role: primary}, near: [{check: b, maxLag: 20s}], same: [{check: a, maxLag: 1s}]}
            """
        )
        #expect(configuration.checks.map(\.observed) == [[.role, .lag], [.lag], []])
    }

    @Test("The default startup keeps the conditions of ready")
    func startupWithCondition() throws {
        let configuration = try load(
            checks + "gates: {ready: [{check: db, role: primary}, app], rest: [cache, job, disk]}"
        )
        #expect(words("startup", configuration) == "all [db as primary]")
    }
}
