import MicroHTTP
import Testing

@Suite("Clients that would keep others out")
struct CrowdTests {
    @Test("A client that drips its head is cut, though each byte renews the idle timer")
    func drippingHead() throws {
        let server = try TestServer(
            limits: ServerLimits(idle: .seconds(3600), requestHead: .milliseconds(300), reservedDescriptors: 0)
        )
        let client = try server.connect()
        client.send("GET /ready HTTP/1.1\r\nX: ")
        client.patience = .milliseconds(50)
        var arrival = RawClient.Arrival.nothing
        for _ in 0..<400 where arrival == .nothing {
            client.send("x")
            arrival = client.receive()
        }
        #expect(arrival == .end)
        #expect(try server.isServing())
    }

    @Test("A client that says nothing is cut, one that made its request in time is kept")
    func silentClient() throws {
        let server = try TestServer(
            limits: ServerLimits(idle: .seconds(3600), requestHead: .milliseconds(300), reservedDescriptors: 0)
        )
        let kept = try server.connect()
        #expect(kept.get("/ready")?.status == 200)
        // Accepted after the other, so its deadline is the later one.
        #expect(try server.connect().readToEnd() == "")
        #expect(kept.get("/ready")?.status == 200)
    }

    @Test("An idle connection is closed after its time")
    func idleClient() throws {
        let server = try TestServer(limits: ServerLimits(idle: .seconds(1), reservedDescriptors: 0))
        let client = try server.connect()
        #expect(client.get("/ready")?.status == 200)
        #expect(client.readToEnd() == "")
    }

    @Test("Three thousand idle clients silence nobody")
    func idleCrowd() throws {
        try #require(DescriptorLimit.raise(to: 8192) >= 8192, "the test needs 8192 descriptors")
        let server = try TestServer()
        var crowd: [RawClient] = []
        for count in 1...3000 {
            crowd.append(try server.connect())
            if count.isMultiple(of: 50) { #expect(try server.isServing(), "with \(count) idle clients") }
        }
        #expect(server.events.all.filter { $0 == .connectionsCrowded(limit: 1024) }.count == 1)
        #expect(server.server.connections.idle <= 1024)
    }

    @Test("Clients that do not read their answers silence nobody")
    func unreadAnswers() throws {
        let large = Page(status: 200, contentType: "text/plain", body: [UInt8](repeating: 0x61, count: 32 << 20))
        let small = Page(status: 200, contentType: "text/plain", body: Array("ready\n".utf8))
        let server = try TestServer(
            limits: ServerLimits(connections: 16, reservedDescriptors: 0),
            handler: { $0.hasPath("/large") ? large : small }
        )
        var crowd: [RawClient] = []
        for _ in 0..<40 {
            let client = try server.connect()
            client.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(client.receive() == .bytes)
            crowd.append(client)
        }
        #expect(try server.isServing())
    }

    @Test("Open connections are counted by what they do")
    func counts() throws {
        let server = try TestServer(handler: { _ in
            Page(status: 200, contentType: "text/plain", body: [UInt8](repeating: 0x61, count: 32 << 20))
        })
        #expect(server.server.connections == ConnectionCounts(idle: 0, active: 0))
        let idle = try server.connect()
        let busy = try server.connect()
        busy.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(busy.receive() == .bytes)
        #expect(server.server.connections == ConnectionCounts(idle: 1, active: 1))
        withExtendedLifetime(idle) {}
    }
}
