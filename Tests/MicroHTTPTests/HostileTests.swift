import MicroHTTP
import TestSupport
import Testing

@Suite("Clients that mean no good")
struct HostileTests {
    private let server: TestServer

    init() throws {
        server = try TestServer(
            limits: ServerLimits(idle: .seconds(1), requestHead: .milliseconds(500), reservedDescriptors: 0)
        )
    }

    @Test(
        "Nonsense gets one refusal or none, nothing of it comes back, and others are served",
        arguments: MalformedRequest.all
    )
    func nonsense(request: MalformedRequest) throws {
        let client = try server.connect()
        client.send(request.bytes)
        let text = try #require(client.readToEnd(), "the connection must be closed")
        #expect(request.complaint(about: text) == nil)
        #expect(try server.isServing())
    }

    @Test("A target that is too long is 414, a head that is too long 431")
    func tooLong() throws {
        let client = try server.connect()
        client.send("GET /\(String(repeating: "a", count: 65_536)) HTTP/1.1\r\n\r\n")
        #expect(client.readToEnd()?.hasPrefix("HTTP/1.1 414 ") == true)
        let other = try server.connect()
        other.send("GET / HTTP/1.1\r\nX: \(String(repeating: "a", count: 65_536))\r\n\r\n")
        #expect(other.readToEnd()?.hasPrefix("HTTP/1.1 431 ") == true)
    }

    @Test("Random bytes do no harm")
    func randomBytes() throws {
        for _ in 0..<300 {
            let client = try server.connect()
            let head = Bool.random() ? Array("GET /ready?a=1 HTTP/1.1\r\nHost: h\r\n".utf8) : []
            client.send(head + (0..<Int.random(in: 0..<3000)).map { _ in UInt8.random(in: 0...255) })
            client.finishSending()
        }
        #expect(try server.isServing())
    }

    @Test("A head cut anywhere does no harm")
    func cutHead() throws {
        let request = Array("GET /ready?a=1&b=2 HTTP/1.1\r\nHost: h\r\nAccept: */*\r\n\r\n".utf8)
        for length in 0..<request.count {
            let client = try server.connect()
            client.send(Array(request[..<length]))
            client.finishSending()
            #expect(client.readToEnd()?.contains("200 OK") == false)
        }
        #expect(try server.isServing())
    }

    @Test("A storm of resets at every stage does no harm")
    func resetStorm() throws {
        let request = "GET /ready HTTP/1.1\r\nHost: h\r\n\r\n"
        for round in 0..<3000 {
            let client = try server.connect()
            client.resetWhenClosed()
            switch round % 4 {
            case 0: break
            case 1: client.send("GET /rea")
            case 2: client.send(request)
            default: client.send(request + request + "GET")
            }
        }
        #expect(try server.isServing())
        while server.server.connections.idle > 1 { #expect(try server.isServing()) }
    }

    @Test("A flood of nonsense fills no log, and no byte that controls a terminal gets there")
    func logIsBounded() throws {
        for count in 0..<200 {
            let client = try server.connect()
            client.send("GET /\u{1B}[31m\(count)\u{7F}é HTTP/9.9\r\n\r\n")
            _ = client.readToEnd()
        }
        let events = server.events.all
        #expect((1...20).contains(events.count))
        for event in events {
            #expect(!event.isWarning)
            #expect(event.description.utf8.allSatisfy { (0x20...0x7E).contains($0) })
        }
    }
}
