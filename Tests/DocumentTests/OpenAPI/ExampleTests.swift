import Configuration
import TestSupport
import Testing

/// The examples of `api/openapi.yaml` are what the server answers.
struct ExampleTests {
    @Test("Every example is what the running server answers, to the letter")
    func replay() async throws {
        let document = try OpenAPIDocument()
        let examples = try document.examples()
        #expect(examples.count > 15)
        for scene in Scene.allCases {
            let ofScene = examples.filter { ($0.example["x-scene"]?.string ?? "clear") == scene.rawValue }
            guard !ofScene.isEmpty else { continue }
            let gateway = try await ScriptedGateway(scene)
            for example in ofScene { try await replay(example, on: gateway) }
            await gateway.stop()
        }
        let scenes = examples.map { $0.example["x-scene"]?.string ?? "clear" }
        #expect(scenes.allSatisfy { Scene(rawValue: $0) != nil })
    }

    private func replay(_ example: OpenAPIDocument.Example, on gateway: ScriptedGateway) async throws {
        let words = try #require(example.example["x-request"]?.string, "\(example)").split(separator: " ")
        let headers = example.example["x-headers"]?.members.map { ($0.key, $0.value.string ?? "") } ?? []
        let detail = try #require(
            Listener.Detail(rawValue: example.example["x-detail"]?.string ?? "summary"),
            "\(example)"
        )
        let reply = try await gateway.client(detail)
            .request(String(words[0]), String(words[1]), headers: Dictionary(uniqueKeysWithValues: headers))
        let expected = try #require(example.example["value"], "\(example)")
        let body = example.mediaType.hasSuffix("json") ? try Value(parsing: reply.text) : .string(reply.text)
        #expect(reply.status == example.status, "\(example)")
        #expect(reply["Content-Type"] == example.mediaType, "\(example)")
        #expect(reply.describedHeaders == example.headers, "\(example)")
        #expect(body == expected, "\(example): \(reply.text)")
    }
}
