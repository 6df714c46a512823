import Foundation
import Testing

@testable import Configuration

struct SchemaTests {
    private func schema() throws -> [String: Any] {
        let text = Configuration.schema(types: TestCheckTypes.all)
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func keys(_ object: Any?) -> Set<String> {
        let properties = (object as? [String: Any])?["properties"] as? [String: Any]
        return Set((properties ?? [:]).keys)
    }

    private func definition(_ name: String) throws -> [String: Any]? {
        (try schema()["$defs"] as? [String: Any])?[name] as? [String: Any]
    }

    /// Of some keys under a path those that the loader does not call unknown.
    private func known(_ candidates: Set<String>, _ yaml: (String) -> String, path: String) -> Set<String> {
        let messages = ConfigurationLoader.load(yaml(candidates.sorted().map { "\($0): ~" }.joined(separator: ", ")))
            .messages
        return candidates.filter { key in
            !messages.contains {
                $0.contains("error: \(path)\(key): unknown key") || $0.contains("error: \(path)\(key): is an option of")
            }
        }
    }

    /// Every key that stands anywhere, and some that stand nowhere.
    private func candidates() throws -> Set<String> {
        let types = TestCheckTypes.all.flatMap { $0.options.flatMap(\.keys) }
        let tables = [
            ConfigurationKeys.listener, ConfigurationKeys.service, ConfigurationKeys.drain, ConfigurationKeys.limits,
            ConfigurationKeys.check, ConfigurationKeys.gate,
            ConfigurationKeys.gateEntry,
        ]
        return Set(
            types + tables.flatMap { $0.known.map(\.name) } + ConfigurationKeys.parts.map(\.name) + [
                "nonsense", "urlFile", "sslmodeFile",
            ]
        )
    }

    @Test("The schema's parts are exactly those that the loader knows")
    func parts() throws {
        let all = try candidates()
        #expect(keys(try schema()) == known(all, { "{\($0)}" }, path: ""))
        let properties = try #require(try schema()["properties"] as? [String: Any])
        for part in ["service", "drain", "limits", "defaults"] {
            #expect(keys(properties[part]) == known(all, { "\(part): {\($0)}" }, path: "\(part)."), "\(part)")
        }
    }

    @Test(
        "The schema's keys of a check are exactly those that the loader knows",
        arguments: TestCheckTypes.all.map(\.name)
    )
    func checks(type: String) throws {
        let target =
            switch type {
            case "command": "command: [/bin/true]"
            case "file": "file: /srv"
            default: "url: '\(type)://host:1/'"
            }
        let all = try candidates().subtracting(["url", "command", "file"])
        let loaded = known(all, { "checks: {a: {\(target), \($0)}}" }, path: "checks.a.")
        let selectors: Set = ["url", "command", "file"]
        let own = keys(try definition("check-\(type)"))
        #expect(own.subtracting(selectors) == loaded)
        #expect(own.intersection(selectors).count == 1)
    }

    @Test("The schema is the same each time, and ends in a newline")
    func stable() {
        let text = Configuration.schema(types: TestCheckTypes.all)
        #expect(text == Configuration.schema(types: TestCheckTypes.all))
        #expect(text.hasSuffix("}\n"))
    }
}
