import MicroHTTP
import Testing

@Suite("Requests reach the handler")
struct RequestTests {
    private let server: TestServer

    init() throws { server = try TestServer() }

    @Test("GET is answered and the connection kept")
    func getKeepsConnection() throws {
        let client = try server.connect()
        for _ in 0..<3 {
            let answer = client.get("/ready")
            #expect(answer?.status == 200)
            #expect(answer?.body == "ready\n")
            #expect(answer?["Content-Length"] == "6")
            #expect(answer?.closes == false)
        }
    }

    @Test("HEAD has the headers of GET and no body")
    func headHasNoBody() throws {
        let client = try server.connect()
        var get = try #require(client.get("/ready")).headers
        var head = try #require(client.get("/ready", method: "HEAD")).headers
        get["date"] = nil
        head["date"] = nil
        #expect(head == get)
        // The next answer would begin with the body, had one been sent.
        #expect(client.get("/ready")?.body == "ready\n")
    }

    @Test("OPTIONS reaches the handler, with a path or with *", arguments: ["/ready", "*"])
    func optionsIsAnswered(target: String) throws {
        #expect(try server.connect().get(target, method: "OPTIONS")?.status == 200)
    }

    @Test("The handler sees method, listener, query and headers")
    func handlerSeesRequest() throws {
        let answer = try server.connect()
            .get(
                "/echo?a=1&b&c=%2F+&=d&a=2",
                headers: "Accept: text/html\r\nHost: h\r\n"
            )
        #expect(
            answer?.body
                == "method=get\nlistener=0\nhasQuery=true\naccept=text/html\nquery=a=1;b;c=%2F ;=d;a=2"
        )
    }

    @Test("A question mark alone is a query without items")
    func emptyQuery() throws {
        let body = try server.connect().get("/echo?")?.body
        #expect(body?.contains("hasQuery=true") == true)
        #expect(body?.hasSuffix("query=") == true)
    }

    @Test(
        "Paths are compared as they were written",
        arguments: [
            "/read%79", "/ready/", "//ready", "/ready%00", "/%2fready", "/READY", "/ready%2f", "/./ready", "ready",
            "/ready ", "ftp://host/ready", "http:/ready",
        ]
    )
    func pathIsRaw(target: String) throws {
        #expect(try server.connect().get(target)?.status == 404)
    }

    @Test(
        "An absolute target is served by its path",
        arguments: ["http://example.org/ready", "HTTPS://[::1]:8484/ready", "http:///ready"]
    )
    func absoluteTarget(target: String) throws {
        #expect(try server.connect().get(target)?.status == 200)
    }

    @Test("HTTP/1.0 without Host is answered and closed")
    func oldClient() throws {
        let client = try server.connect()
        client.send("GET /ready HTTP/1.0\r\n\r\n")
        #expect(client.readToEnd()?.hasSuffix("\r\n\r\nready\n") == true)
    }

    @Test("HTTP/1.0 that asks for it keeps its connection")
    func oldClientKeepsConnection() throws {
        let client = try server.connect()
        for _ in 0..<2 {
            client.send("GET /ready HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(client.readAnswer()?.body == "ready\n")
        }
    }

    @Test("A missing or foreign Host is no matter", arguments: ["", "Host: evil.example\r\n", "Host:\r\n"])
    func anyHost(header: String) throws {
        #expect(try server.connect().get("/ready", headers: header)?.status == 200)
    }

    @Test("Pipelined requests are answered in their order")
    func pipelining() throws {
        let client = try server.connect()
        let targets = (0..<20).map { $0.isMultiple(of: 3) ? "/missing" : "/ready" }
        client.send(targets.map { "GET \($0) HTTP/1.1\r\nHost: h\r\n\r\n" }.joined())
        for target in targets { #expect(client.readAnswer()?.status == (target == "/ready" ? 200 : 404)) }
    }

    @Test("A request split at every byte is answered")
    func byteByByte() throws {
        let client = try server.connect()
        for byte in "GET /ready HTTP/1.1\r\nHost: h\r\n\r\n".utf8 { client.send([byte]) }
        #expect(client.readAnswer()?.status == 200)
    }

    @Test("A client that has finished sending still gets its answer")
    func halfClose() throws {
        let client = try server.connect()
        client.send("GET /ready HTTP/1.1\r\nHost: h\r\n\r\n")
        client.finishSending()
        #expect(client.readAnswer()?.body == "ready\n")
    }

    @Test("Expect: 100-continue does no harm")
    func expectContinue() throws {
        let client = try server.connect()
        client.send("GET /ready HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n")
        var answer = client.readAnswer()
        if answer?.status == 100 { answer = client.readAnswer() }
        #expect(answer?.status == 200)
        #expect(client.get("/ready")?.status == 200)
    }

    @Test("An empty body that is announced as such is no body")
    func emptyBody() throws {
        let client = try server.connect()
        #expect(client.get("/ready", headers: "Host: h\r\nContent-Length: 0\r\n")?.status == 200)
        #expect(client.get("/ready")?.status == 200)
    }

    @Test("Each listen address has its number")
    func listenerNumbers() throws {
        let server = try TestServer([.tcp(host: "127.0.0.1", port: 0), .tcp(host: "127.0.0.1", port: 0)])
        for (index, address) in server.server.boundAddresses.enumerated() {
            #expect(try RawClient(address).get("/echo")?.body.contains("listener=\(index)") == true)
        }
    }
}
