import Health
import TestSupport
import Testing

@testable import Probes

/// What an HTTP check sends and what it takes for a pass.
struct HTTPProbeTests {
    @Test("The status is judged by the set asked for, 200-299 unless it says otherwise")
    func status() async throws {
        let origin = try HTTPOrigin([
            "/204": .init(204), "/302": .init(302, headers: [("Location", "/204")]),
            "/500": .init(500, body: "<script>alert('s3cret words')</script>"),
        ])
        try await Bench.use { bench async throws in
            let url = "http://127.0.0.1:\(origin.port)"
            #expect(try await bench.code("url: \(url)/204") == nil)
            #expect(try await bench.code("url: \(url)/302") == "assert.unexpected")
            #expect(try await bench.code("url: \(url)/302\nstatus: 200-299,302") == nil)
            #expect(try await bench.code("url: \(url)/404\nstatus: 404") == nil)
            #expect(
                try await bench.sentence("url: \(url)/500")
                    == "127.0.0.1:\(origin.port): assert.unexpected: status 500, wanted 200-299"
            )
            #expect(origin.acceptedCount == 5)
        }
    }

    @Test("The body must contain a text, or match")
    func body() async throws {
        let origin = try HTTPOrigin(["/": .init(200, body: "s3cret: pong\n")])
        try await Bench.use { bench async throws in
            let url = "url: http://127.0.0.1:\(origin.port)"
            #expect(try await bench.code("\(url)\nbody: pong") == nil)
            #expect(try await bench.code("\(url)\nbody: '~ ^s3cret: p.ng'") == nil)
            let sentences = [
                try await bench.sentence("\(url)\nbody: ping"), try await bench.sentence("\(url)\nbody: ~ ^pong"),
            ]
            for sentence in sentences {
                let sentence = try #require(sentence)
                #expect(sentence.contains("assert.unexpected") && !sentence.contains("s3cret"))
            }
        }
    }

    @Test("A body that never ends is judged by its first 64 KiB")
    func flood() async throws {
        let server = try ScriptedServer(.floodBody)
        try await Bench.use { bench async throws in
            let url = "url: http://127.0.0.1:\(server.port)"
            #expect(try await bench.code(url) == nil)
            #expect(try await bench.code("\(url)\nbody: xxx") == nil)
            #expect(
                try await bench.sentence("\(url)\nbody: pong")?
                    .hasSuffix("is not in the body, as far as it was read (65536 bytes)") == true
            )
            #expect(try await bench.code("\(url)\njson: {status: UP}") == "assert.unexpected")
            try await server.waitUntilAllClosed()
        }
    }

    @Test("Values within JSON are found by path")
    func json() async throws {
        let body = #"{"status": "UP", "components": {"db": {"status": "DOWN", "n": 1.50}}, "nodes": [{"up": true}]}"#
        let origin = try HTTPOrigin(["/": .init(200, body: body), "/text": .init(200, body: "pong")])
        try await Bench.use { bench async throws in
            let url = "url: http://127.0.0.1:\(origin.port)"
            let good = #"{status: UP, $.components.db.n: "1.5", "nodes[0].up": true, components.db.n: ">= 1"}"#
            #expect(try await bench.code("\(url)\njson: \(good)") == nil)
            let bad = [
                "{components.db.status: UP}": "json components.db.status: another value than asked for",
                "{components.cache.status: UP}": "json components.cache.status: not there",
                "{nodes: x}": "json nodes: neither text, number, boolean nor null",
            ]
            for (json, word) in bad {
                #expect(try await bench.sentence("\(url)\njson: \(json)")?.hasSuffix(word) == true, "\(json)")
            }
            #expect(try await bench.sentence("\(url)/text\njson: {a: b}")?.hasSuffix("the body is no JSON") == true)
        }
    }

    @Test("Method, headers, host and body go out as configured")
    func request() async throws {
        let folder = try TemporaryFolder("http")
        try folder.write("from a file\n", to: "body")
        let origin = try HTTPOrigin(["/x": .init()])
        try await Bench.use { bench async throws in
            let yaml = """
                url: http://127.0.0.1:\(origin.port)/x?q=%20
                method: POST
                headers: {X-One: "1", Content-Type: text/plain}
                host: app.example:81
                requestBodyFile: \(folder.file("body"))
                """
            #expect(try await bench.code(yaml) == nil)
            #expect(try bench.probe(yaml).secretFiles == [folder.file("body")])
        }
        let request = try #require(origin.requests.first)
        #expect(request.method == "POST" && request.target == "/x?q=%20")
        #expect(request.headers["x-one"] == "1" && request.headers["content-type"] == "text/plain")
        #expect(request.headers["host"] == "app.example:81" && request.body == Array("from a file".utf8))
    }

    @Test("Credentials come from the URL, from options or from files that are read anew")
    func credentials() async throws {
        let folder = try TemporaryFolder("http")
        let origin = try HTTPOrigin(["/": .init()])
        try await Bench.use { bench async throws in
            let url = "http://127.0.0.1:\(origin.port)/"
            let token = try bench.probe("url: \(url)\nbearerTokenFile: \(folder.file("token"))")
            #expect(await bench.run(token).failure?.code.description == "configure.not_found")
            #expect(origin.acceptedCount == 0)
            for text in ["first", "second"] {
                try folder.write("\(text)\n", to: "token")
                #expect(await bench.run(token).failure == nil)
            }
            try folder.write("two\nlines\n", to: "token")
            #expect(await bench.run(token).failure?.code.description == "configure.malformed")
            #expect(token.secretFiles == [folder.file("token")])
            #expect(try await bench.code("url: http://us%40er:pa%3Ass@127.0.0.1:\(origin.port)/") == nil)
            #expect(try await bench.code("url: \(url)\nbasicAuth: \"a:\"") == nil)
        }
        let sent = origin.requests.map { $0.headers["authorization"] }
        #expect(sent == ["Bearer first", "Bearer second", "Basic dXNAZXI6cGE6c3M=", "Basic YTo="])
    }

    @Test("An HTTP server behind a unix socket")
    func unixSocket() async throws {
        let origin = try HTTPOrigin(["/ping": .init(200, body: "pong")], onUnixSocket: true)
        let host = origin.path.replacing("/", with: "%2F")
        try await Bench.use { bench async throws in
            #expect(try await bench.code("url: http+unix://\(host)/ping\nbody: pong") == nil)
            #expect(try await bench.code("url: http+unix://%2Fnowhere%2Fsocket/ping") == "connect.not_found")
            origin.refuse()
            #expect(try await bench.code("url: http+unix://\(host)/ping") == "connect.refused")
        }
    }
}
