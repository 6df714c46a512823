import Testing

@testable import Configuration

/// The YAML of the README loads.
struct ExampleConfigurationTests {
    static let blocks = (try? Markdown.readme().blocks.filter { $0.language == "yaml" }) ?? []
    static let configurations = blocks.map(\.text).filter { $0.hasPrefix("# allclear.yaml\n") }

    /// What the examples refer to.
    private static let environment = ["DB_PASSWORD": "secret"]

    @Test("There are examples")
    func count() {
        #expect(Self.configurations.count >= 2)
        #expect(Self.blocks.count > Self.configurations.count)
    }

    @Test("Every configuration loads without a complaint", arguments: configurations)
    func load(_ text: String) {
        let (configuration, messages) = TextLoader.load(text, environment: Self.environment)
        #expect(messages.isEmpty)
        #expect(configuration != nil)
    }

    @Test("Every configuration fits the schema", arguments: configurations)
    func schema(_ text: String) throws {
        let schema = try Value(parsing: Repository.text(SchemaTests.path))
        #expect(JSONSchema(root: schema).problems(try Value(parsing: text), schema).isEmpty)
    }

    @Test(
        "The schema refuses what the loader refuses",
        arguments: [
            "checkz: {}", "checks: {a: {url: 'redis://h', perid: 5s}}", "checks: {a: {url: 'redis://h', period: 5}}",
            "checks: {A: {url: 'redis://h'}}", "checks: {open: {url: 'redis://h'}}", "checks: {a: {url: 'gopher://h'}}",
            "checks: {a: {file: relative}}", "checks: {a: {url: 'redis://h', role: boss}}", "hosts: 1",
            "listen: [{detail: full}]", "drain: {delay: 1}", "gates: {g: {any: [a], some: 1}}",
            "limits: {connections: 1}",
        ]
    )
    func refusal(_ text: String) throws {
        let schema = try Value(parsing: Repository.text(SchemaTests.path))
        #expect(!JSONSchema(root: schema).problems(try Value(parsing: text), schema).isEmpty)
        #expect(TextLoader.load(text).configuration == nil)
    }

    @Test("Every other YAML block is YAML, and the checks in its variables load")
    func snippets() throws {
        var variables: [[String: String]] = []
        for block in Self.blocks where !Self.configurations.contains(block.text) {
            let found = Self.variables(in: try Value(parsing: block.text))
            if !found.isEmpty { variables.append(found) }
        }
        #expect(variables.count == 2)
        for environment in variables {
            let (configuration, messages) = TextLoader.load("# nothing", environment: environment)
            #expect(configuration?.checks.count == environment.count, "\(messages)")
        }
    }

    /// `ALLCLEAR_…: value`, or `{name: ALLCLEAR_…, value: …}`, anywhere.
    private static func variables(in value: Value) -> [String: String] {
        var found: [String: String] = [:]
        if let name = value["name"]?.string, name.hasPrefix("ALLCLEAR_") { found[name] = value["value"]?.string }
        for member in value.members {
            if member.key.hasPrefix("ALLCLEAR_") { found[member.key] = member.value.string }
            found.merge(variables(in: member.value)) { $1 }
        }
        for item in value.items { found.merge(variables(in: item)) { $1 } }
        return found
    }
}
