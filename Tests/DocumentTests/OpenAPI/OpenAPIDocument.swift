/// `api/openapi.yaml`, its references followed.
struct OpenAPIDocument {
    /// One answer that an operation may give.
    struct Response {
        let status: Int
        /// Lower case.
        let headers: Set<String>
        /// Schemas by media type.
        let content: [String: Value]
    }

    /// A request and the answer to it.
    struct Example: CustomStringConvertible {
        let description: String
        let status: Int
        let mediaType: String
        /// Lower case.
        let headers: Set<String>
        let example: Value
    }

    let root: Value

    init() throws {
        root = try Value(parsing: Repository.text("api/openapi.yaml"), named: "openapi.yaml")
    }

    var schemas: Value { root.resolve("#/components/schemas") ?? .null }
    var paths: [String] { root["paths"]?.keys ?? [] }

    func schema(_ name: String) throws -> Value { try found(schemas[name]) }

    /// The operations of a path by method, in upper case, and their answers by status.
    func operations(of path: String) throws -> [String: [Int: Response]] {
        let item = try found(root["paths"]?[path]).dereferenced(in: root)
        var operations: [String: [Int: Response]] = [:]
        for method in ["get", "head", "options", "post", "put", "delete", "patch", "trace"] {
            guard let operation = item[method] else { continue }
            let responses = try found(operation["responses"]).members.map { try response($0.key, $0.value) }
            operations[method.uppercased()] = Dictionary(uniqueKeysWithValues: responses.map { ($0.status, $0) })
        }
        return operations
    }

    /// The parameters of a path that stand in one place, as `query`.
    func parameters(of path: String, in place: String) throws -> [Value] {
        try found(root["paths"]?[path]).dereferenced(in: root)["parameters"]?.items
            .map { $0.dereferenced(in: root) }.filter { $0["in"]?.string == place } ?? []
    }

    /// All examples of answers, each once, though many operations refer to it.
    func examples() throws -> [Example] {
        var examples: [Example] = []
        var statuses: [String: Int] = [:]
        for path in paths {
            let item = try found(root["paths"]?[path]).dereferenced(in: root)
            for operation in item.members.compactMap({ $0.value["responses"] }) {
                for response in operation.members {
                    guard let reference = response.value["$ref"]?.string else { continue }
                    statuses[reference] = Int(response.key)
                }
            }
        }
        for (reference, status) in statuses.sorted(by: { $0.key < $1.key }) {
            let response = try self.response("\(status)", .object([.init(key: "$ref", value: .string(reference))]))
            for media in try found(root.resolve(reference))["content"]?.members ?? [] {
                for example in media.value["examples"]?.members ?? [] {
                    examples.append(
                        Example(
                            description: "\(reference) \(media.key) \(example.key)",
                            status: status,
                            mediaType: media.key,
                            headers: response.headers,
                            example: example.value
                        )
                    )
                }
            }
        }
        return examples
    }

    private func response(_ status: String, _ value: Value) throws -> Response {
        let response = value.dereferenced(in: root)
        return Response(
            status: try found(Int(status)),
            headers: Set(response["headers"]?.keys.map { $0.lowercased() } ?? []),
            content: Dictionary(
                uniqueKeysWithValues: response["content"]?.members.map { ($0.key, $0.value["schema"] ?? .null) } ?? []
            )
        )
    }

    private struct Missing: Error {}

    private func found<Found>(_ value: Found?) throws -> Found {
        guard let value else { throw Missing() }
        return value
    }
}
