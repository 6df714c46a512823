import Foundation
import TestSupport
import Testing

@testable import Transport

/// What an exchange makes of servers that answer as they should.
struct HTTPExchangeTests {
    @Test("A request goes out as it was given, and names us")
    func request() async throws {
        let origin = try HTTPOrigin(["/a%2Fb/../c": .init(201, body: "made")])
        let response = try await send(
            HTTPRequest(
                method: "PUT",
                url: origin.url(target: "/a%2Fb/../c?x=1&y=%20"),
                headers: [HTTPHeader("X-Token", "s3cret")!],
                body: Array("hello".utf8)
            )
        )
        #expect(response.status == 201 && response.body == Array("made".utf8) && !response.isTruncated)
        let request = try #require(origin.requests.first)
        #expect(request.method == "PUT" && request.target == "/a%2Fb/../c?x=1&y=%20")
        #expect(request.body == Array("hello".utf8))
        #expect(
            request.headers == [
                "host": "127.0.0.1:\(origin.port)", "connection": "close", "user-agent": "allclear/1.2.3",
                "accept": "*/*", "content-length": "5", "x-token": "s3cret",
            ]
        )
    }

    @Test("A header of the user's takes the place of ours")
    func headers() async throws {
        let origin = try HTTPOrigin(["/": .init()])
        let headers = ["Host": "app.example", "User-Agent": "me", "Accept": "text/plain"]
        _ = try await send(
            HTTPRequest(url: origin.url(), headers: headers.map { HTTPHeader($0, $1)! })
        )
        let request = try #require(origin.requests.first)
        #expect(request.headers["host"] == "app.example")
        #expect(request.headers["user-agent"] == "me" && request.headers["accept"] == "text/plain")
        #expect(request.method == "GET" && request.headers["content-length"] == nil)
    }

    @Test("HEAD expects no body")
    func head() async throws {
        let origin = try HTTPOrigin(["/": .init(200, body: "not sent")])
        let response = try await send(HTTPRequest(method: "HEAD", url: origin.url()))
        #expect(response.status == 200 && response.body.isEmpty)
    }

    @Test("A redirect is an answer, and is not followed")
    func redirect() async throws {
        let origin = try HTTPOrigin(["/": .init(302, headers: [("Location", " /other ")])])
        let response = try await send(HTTPRequest(url: origin.url()))
        #expect(response.status == 302 && response.location == "/other")
        #expect(origin.acceptedCount == 1)
    }

    @Test("Interim answers, chunks, trailers and a body without a length are understood")
    func shapes() async throws {
        let shapes = [
            "HTTP/1.1 100 Continue\r\nLocation: /no\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nbod\r\n1\r\ny\r\n0\r\nX-End: 1\r\n\r\n",
            "HTTP/1.0 200 OK\r\n\r\nbody",
        ]
        for shape in shapes {
            let server = try ScriptedServer(.http(shape, closing: true))
            let response = try await send(HTTPRequest(url: server.url()))
            #expect(response.status == 200 && response.location == nil, "\(shape)")
            #expect(response.body == Array("body".utf8), "\(shape)")
        }
    }

    @Test("A unix socket is asked like a host")
    func unixSocket() async throws {
        let origin = try HTTPOrigin(["/ping": .init(200, body: "pong")], onUnixSocket: true)
        let url = HTTPURL(isSecure: false, host: "localhost", port: 80, target: "/ping")
        let response = try await send(HTTPRequest(url: url, socketPath: origin.path))
        #expect(response.body == Array("pong".utf8))
        #expect(origin.requests.first?.headers["host"] == "localhost")
    }

    @Test("A name is looked up by our own resolver and its address connected to, not by libcurl")
    func names() async throws {
        let origin = try HTTPOrigin(["/": .init()])
        let names = try FakeNameServer(["app.test": .addresses("127.0.0.1")])
        let url = HTTPURL(isSecure: false, host: "app.test", port: origin.port, target: "/")
        let response = try await send(HTTPRequest(url: url), names: names)
        #expect(response.status == 200)
        #expect(origin.requests.first?.headers["host"] == "app.test:\(origin.port)")
        #expect(names.queryCount(of: "app.test") == 2)
    }

    @Test("A second address is tried when the first swallows connections")
    func race() async throws {
        let blackHole = try BlackHole()
        let server = try ScriptedServer(
            .http("HTTP/1.1 204 No Content\r\n\r\n"),
            at: .tcp(host: "127.0.0.2", port: blackHole.port)
        )
        let names = try FakeNameServer(["app.test": .addresses("127.0.0.1", "127.0.0.2")])
        let url = HTTPURL(isSecure: false, host: "app.test", port: blackHole.port, target: "/")
        let response = try await send(HTTPRequest(url: url), names: names)
        #expect(response.status == 204 && server.acceptedCount == 1)
    }

    @Test("The body is taken to its cap; then the connection is closed and the answer counts")
    func flood() async throws {
        let server = try ScriptedServer(.floodBody)
        let response = try await send(HTTPRequest(url: server.url()))
        #expect(response.status == 200 && response.isTruncated)
        #expect(response.body.count == HTTPResponse.longestBody)
        try await server.waitUntilAllClosed()
    }

    @Test("What nobody asked to be compressed is not unpacked")
    func bomb() async throws {
        let server = try ScriptedServer(.gzipBomb)
        let response = try await send(HTTPRequest(url: server.url()))
        #expect(response.status == 200 && response.body.starts(with: [0x1F, 0x8B]) && !response.isTruncated)
        #expect(!String(decoding: server.received[0], as: UTF8.self).lowercased().contains("accept-encoding"))
    }

    @Test("The environment names no proxy for us")
    func proxy() async throws {
        let origin = try HTTPOrigin(["/": .init()])
        setenv("http_proxy", "http://127.0.0.1:1", 1)
        defer { unsetenv("http_proxy") }
        #expect(try await send(HTTPRequest(url: origin.url())).status == 200)
    }

    @Test(
        "Where a Location leads, and where it does not",
        arguments: [
            ("/x?y", "http://app:8080/x?y"), ("x", "http://app:8080/a/x"), ("?q=1", "http://app:8080/a/b?q=1"),
            ("//Other/x", "http://other:80/x"), ("https://u:p@[::1]:8443", "https://::1:8443/"),
            ("http://app:8080/a b", "http://app:8080/a%20b"), ("ftp://app/", nil), ("file:///etc/passwd", nil),
            ("http://", nil), ("", nil),
        ]
    )
    func location(location: String, expected: String?) {
        let url = HTTPURL(isSecure: false, host: "app", port: 8080, target: "/a/b")
        let found = url.redirected(to: location)
        #expect(found.map { "http\($0.isSecure ? "s" : "")://\($0.host):\($0.port)\($0.target)" } == expected)
    }

    @Test("A header holds nothing that would make another of it, and does not show its value")
    func injection() {
        #expect(HTTPHeader("X-A", "1\r\nX-B: 2") == nil && HTTPHeader("X-A", "a\u{0}") == nil)
        #expect(HTTPHeader("X A", "1") == nil && HTTPHeader("", "1") == nil && HTTPHeader("X-A:", "1") == nil)
        let header = HTTPHeader("Authorization", "Bearer s3cret")!
        #expect(!"\(header) \(String(reflecting: [header]))".contains("s3cret"))
    }
}
