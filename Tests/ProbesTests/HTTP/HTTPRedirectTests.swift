import TestSupport
import Testing

@testable import Probes

/// Where redirects lead, and where they do not (FAULTS row 10).
struct HTTPRedirectTests {
    @Test("A redirect is not followed unless asked for, to the machine's metadata least of all")
    func notFollowed() async throws {
        let other = try HTTPOrigin(["/": .init()])
        for location in ["http://127.0.0.1:\(other.port)/", "http://169.254.169.254/latest/meta-data/"] {
            let server = try ScriptedServer(.redirect(to: location))
            try await Bench.use { bench async throws in
                let sentence = try await bench.sentence("url: http://127.0.0.1:\(server.port)")
                #expect(sentence?.hasSuffix("assert.unexpected: status 302, wanted 200-299") == true)
                // Had it been followed, connecting to 169.254.169.254 would have failed, or taken the deadline.
                #expect(try await bench.code("url: http://127.0.0.1:\(server.port)\nstatus: 302") == nil)
            }
            #expect(server.acceptedCount == 2)
        }
        #expect(other.acceptedCount == 0)
    }

    @Test("As many redirects are followed as asked for")
    func followed() async throws {
        let origin = try HTTPOrigin { request in
            let left = Int(request.target.dropFirst()) ?? 0
            return left == 0 ? .init(200, body: "there") : .init(307, headers: [("Location", "\(left - 1)")])
        }
        try await Bench.use { bench async throws in
            let url = "url: http://127.0.0.1:\(origin.port)/3\nbody: there\nfollowRedirects: "
            #expect(try await bench.code(url + "3") == nil)
            let sentence = try await bench.sentence(url + "2")
            #expect(sentence?.hasSuffix("status 307, wanted 200-299 (after 2 redirects)") == true)
        }
        #expect(origin.requests.map(\.target) == ["/3", "/2", "/1", "/0", "/3", "/2", "/1"])
    }

    @Test("The same host gets the credentials again, another gets nothing of ours")
    func credentials() async throws {
        let other = try HTTPOrigin(["/": .init()])
        let origin = try HTTPOrigin([
            "/": .init(302, headers: [("Location", "/here")]),
            "/here": .init(302, headers: [("Location", "http://localhost:\(other.port)/")]),
        ])
        try await Bench.use { bench async throws in
            let yaml = """
                url: http://user:s3cret@127.0.0.1:\(origin.port)/
                headers: {X-Token: s3cret}
                host: app.example
                followRedirects: 5
                """
            #expect(try await bench.code(yaml) == nil)
        }
        #expect(origin.requests.allSatisfy { $0.headers["authorization"] != nil && $0.headers["x-token"] == "s3cret" })
        #expect(origin.requests.count == 2)
        let request = try #require(other.requests.first)
        #expect(Set(request.headers.keys) == ["host", "connection", "user-agent", "accept"])
        #expect(request.headers["host"] == "localhost:\(other.port)")
    }

    @Test("A redirect away from HTTP, or out of a unix socket, is not followed")
    func refused() async throws {
        let other = try HTTPOrigin(["/": .init()])
        let locations = ["ftp://127.0.0.1:\(other.port)/", "file:///etc/passwd", "gopher://127.0.0.1:\(other.port)/"]
        try await Bench.use { bench async throws in
            for location in locations {
                let server = try ScriptedServer(.redirect(to: location))
                let url = "url: http://127.0.0.1:\(server.port)\nfollowRedirects: 5"
                #expect(try await bench.code(url) == "assert.unexpected")
                #expect(server.acceptedCount == 1)
            }
            let origin = try HTTPOrigin(
                ["/": .init(302, headers: [("Location", "http://127.0.0.1:\(other.port)/")])],
                onUnixSocket: true
            )
            let url = "url: http+unix://\(origin.path.replacing("/", with: "%2F"))/\nfollowRedirects: 5"
            #expect(try await bench.code(url) == "assert.unexpected")
        }
        #expect(other.acceptedCount == 0)
    }

    @Test("A place that a redirect leads to is looked up, and failed at, by its own name")
    func place() async throws {
        let port = try RefusedPort()
        let server = try ScriptedServer(.redirect(to: "http://localhost:\(port.port)/"))
        try await Bench.use { bench async throws in
            let sentence = try await bench.sentence("url: http://127.0.0.1:\(server.port)\nfollowRedirects: 1")
            #expect(sentence?.hasPrefix("localhost:\(port.port): connect.refused") == true)
        }
    }
}
