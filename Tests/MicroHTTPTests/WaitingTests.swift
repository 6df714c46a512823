import Glibc
import MicroHTTP
import TestSupport
import Testing

@Suite("Answers that are held back", .timeLimit(.minutes(2)))
struct WaitingTests {
    @Test("A request waits until its door opens, others go past it, and its connection is kept")
    func opens() async throws {
        let site = try WaitingSite()
        let client = try site.wait(at: "/a")
        try await eventually("it waits") { site.room.count == 1 }
        #expect(site.server.connections == ConnectionCounts(idle: 0, active: 1))
        #expect(try site.test.connect().get("/plain")?.status == 200)
        site.open("/b")
        site.open("/a")
        #expect(client.readAnswer()?.body == "/a\n")
        #expect(site.room.count == 0)
        #expect(site.doors.noted == [200])
        #expect(client.get("/plain")?.status == 200)
        // A second time on the same connection.
        #expect(client.get("/c?1")?.status == 503)
    }

    @Test("HEAD waits as GET does and gets no body; HTTP/1.0 is closed after its answer")
    func methodsAndVersions() async throws {
        let site = try WaitingSite()
        let head = try site.test.connect()
        head.send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n")
        let old = try site.test.connect()
        old.send("GET /a HTTP/1.0\r\n\r\n")
        try await eventually("both wait") { site.room.count == 2 }
        site.open("/a")
        #expect(head.readAnswer(toHead: true)?.status == 200)
        #expect(head.get("/plain")?.body == "plain\n")
        #expect(old.readToEnd()?.hasSuffix("\r\n\r\n/a\n") == true)
    }

    @Test("Whose time is up gets the last answer, the others go on waiting")
    func deadline() async throws {
        let site = try WaitingSite()
        let patient = try site.wait(at: "/a")
        let start = ContinuousClock.now
        let hasty = try site.wait(at: "/a?200")
        #expect(hasty.readAnswer()?.status == 503)
        #expect(start.duration(to: .now) >= .milliseconds(200))
        #expect(site.room.count == 1)
        site.open("/a")
        #expect(patient.readAnswer()?.status == 200)
        #expect(site.doors.noted == [503, 200])
    }

    @Test("A door that opened without a word is found open at the deadline")
    func openAtDeadline() throws {
        let site = try WaitingSite()
        site.doors.once { [doors = site.doors] in doors.open(["/a"]) }
        #expect(try site.wait(at: "/a?100").readAnswer()?.status == 200)
    }

    @Test("A door that opens between the look and the wait lets the request go at once")
    func noLostOpening() throws {
        let site = try WaitingSite()
        for _ in 0..<50 {
            site.doors.close("/a")
            site.doors.once { [room = site.room, doors = site.doors] in
                doors.open(["/a"])
                room.askAgain()
            }
            #expect(try site.wait(at: "/a").readAnswer()?.status == 200)
        }
    }

    @Test(
        "Clients that leave are forgotten at once, by FIN or RST, and their doors with them",
        arguments: [false, true]
    )
    func leaves(byReset: Bool) async throws {
        let site = try WaitingSite()
        var clients = try (0..<200).map { try site.wait(at: "/\($0 % 7)") }
        try await eventually("all wait") { site.room.count == 200 }
        if byReset { for client in clients { client.resetWhenClosed() } }
        clients.removeLast(150)
        try await eventually("those who left are forgotten") { site.room.count == 50 }
        try await eventually("their connections are closed") { site.server.connections.active == 50 }
        clients = []
        try await eventually("all are forgotten") { site.server.connections == ConnectionCounts(idle: 0, active: 0) }
        let asked = site.doors.asked
        site.room.askAgain()
        #expect(try site.test.connect().get("/plain")?.status == 200)
        #expect(site.doors.asked == asked)
        #expect(site.doors.noted.isEmpty)
    }

    @Test("What is pipelined behind a request that waits is answered after it, in its order")
    func pipelined() async throws {
        let site = try WaitingSite()
        let client = try site.wait(at: "/a")
        client.send("GET /plain HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n")
        try await eventually("it waits") { site.room.count == 1 }
        site.open("/a")
        #expect(client.readAnswer()?.body == "/a\n")
        #expect(client.readAnswer()?.body == "plain\n")
        site.open("/b")
        #expect(client.readAnswer()?.body == "/b\n")
    }

    @Test("Beyond the limit, and beyond three quarters of the connections, the last answer comes at once")
    func limits() async throws {
        for limits in [
            ServerLimits(waiters: 12, reservedDescriptors: 0),
            ServerLimits(connections: 16, waiters: 256, reservedDescriptors: 0),
        ] {
            let site = try WaitingSite(limits: limits)
            let clients = try (0..<12).map { _ in try site.wait(at: "/a") }
            try await eventually("twelve wait") { site.room.count == 12 }
            for _ in 0..<3 { #expect(try site.wait(at: "/a").readAnswer()?.status == 503) }
            // Whoever asks plainly finds room, again and again.
            for _ in 0..<40 { #expect(try site.test.connect().get("/plain")?.status == 200) }
            #expect(site.room.count == 12)
            site.open("/a")
            for client in clients { #expect(client.readAnswer()?.status == 200) }
        }
    }

    @Test("Equal questions are asked once, however many wait for the answer")
    func askedOnce() async throws {
        let site = try WaitingSite()
        let clients = try (0..<100).map { try site.wait(at: "/\($0 % 2)") }
        try await eventually("all wait") { site.room.count == 100 }
        let before = site.doors.asked
        site.open("/0", "/1")
        for client in clients { #expect(client.readAnswer()?.status == 200) }
        #expect(site.doors.asked - before <= 4)
        #expect(site.doors.noted == [Int](repeating: 200, count: 100))
    }

    @Test("A stop answers all who wait, on every listener, whatever patience it has", arguments: [0, 30])
    func stop(grace: Int) async throws {
        let site = try WaitingSite([.tcp(host: "127.0.0.1", port: 0), .tcp(host: "127.0.0.1", port: 0)])
        let clients = try (0..<100).map { try site.wait(at: "/a", $0 % 2) }
        try await eventually("all wait") { site.room.count == 100 }
        let server = site.server
        try await onThread { server.stop(within: .seconds(grace)) }
        for client in clients { #expect(client.readAnswer()?.status == 503) }
        #expect(site.room.count == 0)
    }

    @Test("A room without limit holds nothing back")
    func nobodyHeld() throws {
        let site = try WaitingSite(limits: ServerLimits(waiters: 0, reservedDescriptors: 0))
        #expect(try site.wait(at: "/a").readAnswer()?.status == 503)
    }

    @Test("Opening, leaving, giving up and stopping at the same time leave nobody behind")
    func commotion() async throws {
        for _ in 0..<10 {
            let site = try WaitingSite(limits: ServerLimits(waiters: 64, reservedDescriptors: 0))
            let (room, doors, server) = (site.room, site.doors, site.server)
            try await withThrowingTaskGroup(of: Void.self) { group in
                let address = site.test.address
                for number in 0..<4 {
                    group.addTask { try await onThread { disturb(address, number) } }
                }
                group.addTask {
                    try await onThread {
                        for round in 0..<200 {
                            doors.close("/\(round % 3)")
                            doors.open(["/\((round + 1) % 3)"])
                            room.askAgain()
                            usleep(500)
                        }
                        server.stop(within: .zero)
                    }
                }
                try await group.waitForAll()
            }
            #expect(room.count == 0)
        }
    }
}

/// Clients that wait, leave, leave rudely, or stay, until nobody lets them in.
private func disturb(_ address: ListenAddress, _ number: Int) {
    var round = number
    while let client = try? RawClient(address) {
        round += 1
        if round % 5 == 0 { client.resetWhenClosed() }
        client.send("GET /\(round % 3)?\(round % 30) HTTP/1.1\r\nHost: h\r\n\r\n")
        if round % 2 == 0 { _ = client.readAnswer() }
    }
}
