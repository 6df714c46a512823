import Foundation
import MicroHTTP
import Testing

@Suite("Requests that are refused")
struct RefusalTests {
    private let server: TestServer

    init() throws { server = try TestServer() }

    private func expectProblem(_ client: RawClient, status: Int, title: String) throws -> Answer {
        let answer = try #require(client.readAnswer())
        #expect(answer.status == status)
        #expect(answer["Content-Type"] == "application/problem+json")
        #expect(answer.closes)
        let problem = try #require(try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any])
        #expect(problem["type"] as? String == "about:blank")
        #expect(problem["title"] as? String == title)
        #expect(problem["status"] as? Int == status)
        #expect((problem["detail"] as? String)?.isEmpty == false)
        #expect(client.readToEnd() == "", "nothing may follow, and the connection must be closed")
        return answer
    }

    @Test(
        "Any other method is 405, names the three that are answered, and closes",
        arguments: ["POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "get", "PROPFIND", "G"]
    )
    func otherMethod(method: String) throws {
        let client = try server.connect()
        client.send("\(method) /ready HTTP/1.1\r\nHost: h\r\n\r\n")
        let answer = try expectProblem(client, status: 405, title: "Method Not Allowed")
        #expect(answer["Allow"] == "GET, HEAD, OPTIONS")
    }

    @Test("The method comes before the body")
    func methodFirst() throws {
        let client = try server.connect()
        client.send("POST /ready HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n")
        _ = try expectProblem(client, status: 405, title: "Method Not Allowed")
    }

    @Test(
        "A body is 413 and is not waited for",
        arguments: [
            "Content-Length: 5", "content-length: 1000000", "Content-Length: 00",
            "Content-Length: 0\r\nContent-Length: 5",
            "Content-Length: 5\r\nContent-Length: 0", "Content-Length: 5\r\nExpect: 100-continue",
            "Content-Length: 5\r\nTransfer-Encoding: chunked",
        ]
    )
    func body(headers: String) throws {
        let client = try server.connect()
        client.send("GET /ready HTTP/1.1\r\nHost: h\r\n\(headers)\r\n\r\n")
        _ = try expectProblem(client, status: 413, title: "Content Too Large")
    }

    @Test(
        "A transfer coding is 400, whatever it says",
        arguments: [
            "Transfer-Encoding: chunked", "transfer-encoding: identity", "Transfer-Encoding: gzip, chunked",
            "Transfer-Encoding:", "Transfer-Encoding: chunked\r\nContent-Length: 0",
        ]
    )
    func transferCoding(headers: String) throws {
        let client = try server.connect()
        client.send("GET /ready HTTP/1.1\r\nHost: h\r\n\(headers)\r\n\r\n")
        _ = try expectProblem(client, status: 400, title: "Bad Request")
    }

    @Test(
        "A head that two readers may understand differently is 400",
        arguments: [
            "GET /ready HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "GET /ready HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n",
            "GET /ready HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\n",
            "GET /ready HTTP/1.1\r\nHost: a\r\nX\u{1}: 5\r\n\r\n",
            "GET /ready\0zz HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /ready\0?a=1 HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /ready?a\0=1 HTTP/1.1\r\nHost: a\r\n\r\n",
        ]
    )
    func ambiguousHead(request: String) throws {
        let client = try server.connect()
        client.send(request)
        _ = try expectProblem(client, status: 400, title: "Bad Request")
    }

    @Test("A refused HEAD has no body")
    func refusedHead() throws {
        let client = try server.connect()
        client.send("HEAD /ready HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n")
        #expect(client.readAnswer(toHead: true)?.status == 413)
        #expect(client.readToEnd() == "")
    }

    @Test("No byte of a refused body is taken for a request")
    func smuggledRequest() throws {
        let client = try server.connect()
        let smuggled = "GET /ready HTTP/1.1\r\nHost: h\r\n\r\n"
        client.send(
            "GET /missing HTTP/1.1\r\nHost: h\r\nContent-Length: \(smuggled.utf8.count)\r\n\r\n\(smuggled)"
        )
        #expect(client.readAnswer()?.status == 413)
        #expect(client.readToEnd()?.contains("200 OK") == false)
    }

    @Test("A problem's text is escaped")
    func problemIsEscaped() throws {
        let detail = "a \"quoted\" \\ and\nbroken\u{1} line"
        let server = try TestServer(handler: { _ in Page.problem(status: 404, detail: detail) })
        let body = try #require(try server.connect().get("/")?.body)
        let problem = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
        #expect(problem?["detail"] as? String == detail)
    }
}
