import Configuration
import Health
import TestSupport
import Testing

@testable import Gateway

/// What `api/openapi.yaml` describes is exactly what the program answers.
struct SurfaceTests {
    @Test("The document has exactly the paths that the program knows")
    func paths() async throws {
        let gateway = try await ScriptedGateway(.clear)
        let known = PathTable(gateway.plan).labels
        await gateway.stop()
        // `OPTIONS *` is no path that OpenAPI could name.
        #expect(Set(try OpenAPIDocument().paths) == Set(known).subtracting(["*"]))
    }

    @Test("Codes, headers, media types and fields are exactly those that the program answers with")
    func answers() async throws {
        let document = try OpenAPIDocument()
        let sweep = try await Sweep(document)
        for path in document.paths {
            let operations = try document.operations(of: path)
            let answers = sweep.answers.filter { $0.path == path }
            #expect(Set(operations.keys) == ["GET", "HEAD", "OPTIONS"])
            for (method, responses) in operations {
                // Refusals, also of other methods, stand with `get`.
                let seen = answers.filter { $0.isRefusal ? method == "GET" : $0.method == method }
                #expect(Set(responses.keys) == Set(seen.map(\.reply.status)), "\(method) \(path)")
                for answer in seen { try check(answer, responses[answer.reply.status], in: document) }
                checkUse(of: responses, by: seen, "\(method) \(path)")
            }
        }
        try checkFields(sweep, document)
    }

    /// One answer against its description.
    private func check(_ answer: Sweep.Answer, _ response: OpenAPIDocument.Response?, in document: OpenAPIDocument)
        throws
    {
        let response = try #require(response, "\(answer.request): \(answer.reply.status) is not described")
        guard let mediaType = answer.reply["Content-Type"] else {
            // What the library refuses is HTML of its own; OPTIONS has no body.
            #expect(answer.isRefusal || answer.method == "OPTIONS", "\(answer.request)")
            return
        }
        #expect(answer.reply.describedHeaders == response.headers, "\(answer.request) \(answer.reply.status)")
        let schema = try #require(response.content[mediaType], "\(answer.request): \(mediaType) is not described")
        guard mediaType.hasSuffix("json"), !answer.reply.body.isEmpty else { return }
        let problems = JSONSchema(root: document.root).problems(try Value(parsing: answer.reply.text), schema)
        #expect(problems.isEmpty, "\(answer.request)")
    }

    /// Every media type that is described for an operation is seen in some answer.
    private func checkUse(
        of responses: [Int: OpenAPIDocument.Response],
        by answers: [Sweep.Answer],
        _ place: String
    ) {
        for response in responses.values {
            let types = answers.filter { $0.reply.status == response.status }.compactMap { $0.reply["Content-Type"] }
            #expect(Set(types) == Set(response.content.keys), "\(place) \(response.status)")
        }
    }

    private func checkFields(_ sweep: Sweep, _ document: OpenAPIDocument) throws {
        let bodies = sweep.answers.filter { $0.method != "HEAD" }.map(\.reply)
        let health = try bodies.filter { $0["Content-Type"] == "application/health+json" }
            .map { try Value(parsing: $0.text) }
        #expect(Set(health.flatMap(\.keys)) == Set(try document.schema("Health")["properties"]?.keys ?? []))
        let checks = health.flatMap { $0["checks"]?.members.flatMap(\.value.items) ?? [] }
        #expect(Set(checks.flatMap(\.keys)) == Set(try document.schema("Check")["properties"]?.keys ?? []))
        let problems = bodies.filter { $0["Content-Type"] == "application/problem+json" }
        let statuses = try document.schema("Problem")["properties"]?["status"]?["enum"]?.items.compactMap(\.number)
        #expect(Set(problems.map { Double($0.status) }) == Set(statuses ?? []))
    }

    @Test("Query parameters are exactly those that the program says it knows")
    func parameters() async throws {
        let document = try OpenAPIDocument()
        let gateway = try await ScriptedGateway(.clear)
        for path in document.paths {
            let names = try document.parameters(of: path, in: "query").compactMap { $0["name"]?.string }
            let reply = try await gateway.client().get("\(path.replacing("{name}", with: "db"))?nonsense")
            guard reply.status == 400 else {
                #expect(names.isEmpty, "\(path)")
                continue
            }
            let detail = try #require(try Value(parsing: reply.text)["detail"]?.string)
            let known = detail.replacing(" and ", with: ", ").split(separator: "known are ").last ?? ""
            #expect(Set(names) == Set(known.split(separator: ", ").map(String.init)), "\(path)")
        }
        await gateway.stop()
    }

    @Test(
        "A parameter's schema accepts what the program accepts and refuses what it refuses",
        arguments: [
            ("verbose", ["", "1", "true", "0", "false", "yes", "2"]),
            ("format", ["health", "text", "spring", "TEXT"]),
            ("max_age", ["5s", "500ms", "1m30s", "2d", "1.5s", "5", "s", "-1s", "1.2345s", "5 s"]),
        ]
    )
    func values(of name: String, _ values: [String]) async throws {
        let document = try OpenAPIDocument()
        let parameters = try document.parameters(of: "/ready", in: "query")
        let schema = try #require(parameters.first { $0["name"]?.string == name }?["schema"])
        let gateway = try await ScriptedGateway(.clear)
        for value in values {
            let reply = try await gateway.client().get("/ready?\(name)=\(value.replacing(" ", with: "%20"))")
            let isValid = JSONSchema(root: document.root).problems(.string(value), schema).isEmpty
            #expect(isValid == (reply.status != 400), "\(name)=\(value)")
        }
        await gateway.stop()
    }

    @Test("Words that come from closed sets are exactly those sets")
    func words() throws {
        let document = try OpenAPIDocument()
        let check = try document.schema("Check")["properties"]
        #expect(check?["level"]?["enum"]?.strings == Level.allCases.map(\.rawValue))
        #expect(check?["class"]?["enum"]?.strings == FailureClass.allCases.map(\.rawValue))
        let stages = FailureCode.Stage.allCases.map(\.rawValue)
        let own = [FailureCode.pending, .stale, .draining]
        let reasons = FailureCode.Reason.allCases.filter { reason in !own.contains { $0.reason == reason } }
        let pattern =
            "^((\(stages.joined(separator: "|")))\\.(\(reasons.map(\.rawValue).joined(separator: "|")))"
            + "|\(own.map(\.description).joined(separator: "|")))$"
        #expect(try document.schema("Code")["pattern"]?.string == pattern)
    }

    @Test("The program serves the document as it is, for this version, within its size")
    func served() async throws {
        let text = try Repository.text("api/openapi.yaml")
        #expect(text.utf8.count < 40_000)
        #expect(try OpenAPIDocument().root["info"]?["version"]?.string == Version.current)
        let gateway = try await ScriptedGateway(.clear)
        #expect(try await gateway.client().get("/openapi.yaml").text == text)
        await gateway.stop()
    }
}
