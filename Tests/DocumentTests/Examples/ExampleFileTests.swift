import Testing

@testable import Configuration

/// What stands in api/examples, and what the README shows of it.
struct ExampleFileTests {
    @Test("The README names every example, and no other")
    func named() throws {
        let named = try Markdown.readme().text.matches(of: #/\(api\/examples\/([a-z.-]+)\)/#).map { String($0.1) }
        #expect(Set(named) == Set(Example.all.map(\.name)))
        #expect(Example.all.count >= 5)
    }

    @Test("What the README shows of an example stands in it, line by line")
    func excerpts() throws {
        let shown = try Markdown.readme().blocks.filter { $0.name?.contains(".") == true }
        #expect(shown.count >= 5)
        for block in shown {
            let name = try #require(block.name)
            let (part, whole) = (Self.lines(of: block.text), Self.lines(of: try Example(name).text()))
            #expect(whole.contains(part), "\(name)")
        }
    }

    @Test("Every configuration loads without a complaint and fits the schema", arguments: Example.all)
    func configurations(_ example: Example) throws {
        guard try example.isConfiguration() else { return }
        let (configuration, messages) = TextLoader.load(try example.text(), environment: ["MIGRATIONS": "18"])
        // An official image of PostgreSQL has no TLS.
        #expect(messages.filter { !$0.contains("the password may cross the network in clear") } == [])
        #expect(configuration != nil)
        let schema = try Value(parsing: Repository.text(SchemaTests.path))
        #expect(JSONSchema(root: schema).problems(try example.value(), schema).isEmpty)
    }

    @Test(
        "A pod's liveness asks for nothing but the gateway's heart",
        arguments: ["kubernetes.yaml", "kubernetes-hold.yaml"]
    )
    func probes(_ name: String) throws {
        let deployment = try Example(name).value()
        let container = try ExampleContainer(kubernetes: deployment).description
        let paths = ["startupProbe", "readinessProbe", "livenessProbe"]
            .map { container[$0]?["httpGet"]?["path"]?.string }
        #expect(paths == [name == "kubernetes.yaml" ? "/healthz" : "/startup", "/ready", "/healthz"])
        #expect(container["restartPolicy"]?.string == "Always")
        #expect(container["securityContext"]?["readOnlyRootFilesystem"] == .boolean(true))
        #expect(deployment["spec"]?["template"]?["spec"]?["securityContext"] == nil)
    }

    /// Without the indentation, one text a line.
    private static func lines(of text: String) -> [Substring] {
        text.split(separator: "\n").map { $0.drop { $0 == " " } }
    }
}
