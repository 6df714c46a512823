import Foundation
import Testing

/// A file of api/examples.
struct Example: CustomTestStringConvertible, Sendable {
    static let folder = "api/examples"
    /// All of them, by name.
    static let all = names().map(Example.init)

    let name: String

    init(_ name: String) { self.name = name }

    var testDescription: String { name }
    var path: String { "\(Self.folder)/\(name)" }

    func text() throws -> String { try Repository.text(path) }

    /// Whether it is a configuration of ours, and says so.
    func isConfiguration() throws -> Bool { try text().hasPrefix("# allclear.yaml") }

    func value() throws -> Value { try Value(parsing: text(), named: name) }

    private static func names() -> [String] {
        let folder = Repository.root.appendingPathComponent(Self.folder).path
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }
}

/// A container of ours, as an orchestrator's file describes it.
struct ExampleContainer {
    /// What stands behind the image's entrypoint.
    let arguments: [String]
    let environment: [String: String]
    /// The rest of what the file says of it.
    let description: Value

    /// The native sidecar of a Deployment.
    init(kubernetes deployment: Value) throws {
        let pod = deployment["spec"]?["template"]?["spec"]
        description = try Self.ours(among: pod?["initContainers"]?.items ?? [])
        arguments = description["args"]?.strings ?? []
        environment = Dictionary(
            uniqueKeysWithValues: (description["env"]?.items ?? [])
                .map {
                    ($0["name"]?.string ?? "", $0["value"]?.string ?? "")
                }
        )
    }

    /// The service of a Compose file.
    init(compose file: Value) throws {
        description = try Self.ours(among: file["services"]?.members.map(\.value) ?? [])
        arguments = description["command"]?.strings ?? []
        environment = Dictionary(
            uniqueKeysWithValues: (description["environment"]?.members ?? []).map { ($0.key, $0.value.string ?? "") }
        )
    }

    private static func ours(among containers: [Value]) throws -> Value {
        let found = containers.filter { $0["image"]?.string?.contains("/allclear:") == true }
        guard found.count == 1 else { throw Value.Unreadable(problems: ["\(found.count) containers of allclear"]) }
        return found[0]
    }
}
