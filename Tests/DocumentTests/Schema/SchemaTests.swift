import Testing

@testable import Configuration

/// `api/config.schema.json` describes what the loader reads.
struct SchemaTests {
    static let path = "api/config.schema.json"

    @Test("The committed schema is the one that the program's check types give")
    func committed() throws {
        let text = Configuration.schema(types: TextLoader.types)
        if Repository.isUpdating { try Repository.write(text, to: Self.path) }
        #expect(try Repository.text(Self.path) == text)
    }

    @Test("The schema's parts are exactly those that the loader says it knows")
    func parts() throws {
        let schema = try Value(parsing: Repository.text(Self.path))
        #expect(try known(in: "nonsense: 1") == schema["properties"]?.keys)
        for part in ["service", "drain", "limits", "defaults"] {
            #expect(try known(in: "\(part): {nonsense: 1}") == schema["properties"]?[part]?["properties"]?.keys)
        }
    }

    @Test(
        "The schema's keys of a check are exactly those that the loader says it knows",
        arguments: TextLoader.types.map(\.name)
    )
    func keys(of name: String) throws {
        let type = try #require(TextLoader.types.first { $0.name == name })
        let schema = try Value(parsing: Repository.text(Self.path))["$defs"]?["check-\(name)"]
        let others = Set(CheckType.Selector.allCases.map(\.rawValue)).subtracting([type.selector.rawValue])
        let known = try known(in: "checks: {a: {\(target(of: type)), nonsense: 1}}").filter { !others.contains($0) }
        #expect(Set(known) == Set(schema?["properties"]?.keys ?? []))
        #expect(schema?["additionalProperties"] == .boolean(false))
    }

    private func target(of type: CheckType) -> String {
        switch (type.selector, type.schemes.first) {
        case (.url, let scheme?):
            scheme.place == .socketAsPath ? "url: '\(scheme.name):///s'" : "url: '\(scheme.name)://h:1'"
        case (.command, _): "command: [/bin/true]"
        default: "file: /"
        }
    }

    /// What the loader names after "known are" when it finds a key that it does not know.
    private func known(in yaml: String) throws -> [String] {
        let messages = TextLoader.load(yaml).messages
        let message = try #require(messages.first { $0.contains("nonsense: unknown key; known are ") }, "\(messages)")
        return message.split(separator: "known are ").last?.split(separator: ", ").map(String.init) ?? []
    }
}
