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

    @Test("The schema's parts are exactly those that the loader knows")
    func parts() throws {
        let schema = try Value(parsing: Repository.text(Self.path))
        #expect(keys(of: schema) == known("", in: { "{\($0)}" }))
        for part in ["service", "drain", "limits", "defaults"] {
            #expect(keys(of: schema["properties"]?[part]) == known("\(part).", in: { "\(part): {\($0)}" }), "\(part)")
        }
    }

    @Test(
        "The schema's keys of a check are exactly those that the loader knows",
        arguments: TextLoader.types.map(\.name)
    )
    func keys(of name: String) throws {
        let type = try #require(TextLoader.types.first { $0.name == name })
        let schema = try Value(parsing: Repository.text(Self.path))["$defs"]?["check-\(name)"]
        let selector = type.selector.rawValue
        #expect(
            keys(of: schema)
                == known("checks.a.", in: { "checks: {a: {\(target(of: type)), \($0)}}" }).union([selector])
        )
        #expect(schema?["additionalProperties"] == .boolean(false))
    }

    private func keys(of schema: Value?) -> Set<String> { Set(schema?["properties"]?.keys ?? []) }

    private func target(of type: CheckType) -> String {
        switch (type.selector, type.schemes.first) {
        case (.url, let scheme?):
            scheme.place == .socketAsPath ? "url: '\(scheme.name):///s'" : "url: '\(scheme.name)://h:1'"
        case (.command, _): "command: [/bin/true]"
        default: "file: /"
        }
    }

    /// Of all keys that stand anywhere, and some that stand nowhere, those that the loader does not call unknown.
    ///
    /// - Parameters:
    ///   - path: what stands before a key in a message.
    ///   - yaml: the document that holds them.
    private func known(_ path: String, in yaml: (String) -> String) -> Set<String> {
        let messages = TextLoader.load(yaml(Self.candidates.map { "\($0): ~" }.joined(separator: ", "))).messages
        let known = Self.candidates.filter { key in
            !messages.contains {
                $0.contains("error: \(path)\(key): unknown key") || $0.contains("error: \(path)\(key): is an option of")
            }
        }
        return Set(known)
    }

    /// Without the keys that make a check one of a type.
    private static let candidates: [String] = {
        let tables = [
            ConfigurationKeys.listener, ConfigurationKeys.service, ConfigurationKeys.drain, ConfigurationKeys.limits,
            ConfigurationKeys.check, ConfigurationKeys.gate, ConfigurationKeys.gateEntry,
        ]
        let options = TextLoader.types.flatMap { $0.options.flatMap(\.keys) }
        let known = options + tables.flatMap { $0.known.map(\.name) } + ConfigurationKeys.parts.map(\.name)
        let selectors = CheckType.Selector.allCases.map(\.rawValue)
        return Set(known + ["nonsense", "urlFile", "sslmodeFile"]).subtracting(selectors).sorted()
    }()
}
