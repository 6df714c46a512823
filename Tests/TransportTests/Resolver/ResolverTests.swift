import TestSupport
import Testing

@testable import Transport

/// What the resolver makes of the answers of a name server (FAULTS rows 24 to 28).
struct ResolverTests {
    @Test("Both families are asked, and either is enough")
    func families() async throws {
        let names = try FakeNameServer([
            "four.test": .addresses("10.0.0.1", "10.0.0.2"), "six.test": .addresses("fd00::1"),
            "both.test": .addresses("10.0.0.1", "fd00::1", "fd00::2"),
            "no-six.test": .families(ipv4: .addresses("10.0.0.1"), ipv6: .nameError),
            "no-four.test": .families(ipv4: .serverFailure, ipv6: .addresses("fd00::1")),
            "alias.test": .alias("four.test"),
        ])
        #expect(try await names.look("four.test", clock: ManualClock()) == ["10.0.0.1", "10.0.0.2"])
        #expect(try await names.look("six.test", clock: ManualClock()) == ["fd00::1"])
        #expect(try await names.look("both.test", clock: ManualClock()) == ["fd00::1", "10.0.0.1", "fd00::2"])
        #expect(try await names.look("no-six.test", clock: ManualClock()) == ["10.0.0.1"])
        #expect(try await names.look("no-four.test", clock: ManualClock()) == ["fd00::1"])
        #expect(try await names.look("alias.test", clock: ManualClock()) == ["10.0.0.1", "10.0.0.2"])
        #expect(Set(names.queries.filter { $0.name == "four.test" }.map(\.type)) == [1, 28])
    }

    @Test(
        "A name server that fails is told apart from one that knows no such name",
        arguments: [
            (.nameError, "resolve.not_found"), (.noData, "resolve.not_found"),
            (.serverFailure, "resolve.unexpected"), (.refused, "resolve.unexpected"),
            (.families(ipv4: .nameError, ipv6: .serverFailure), "resolve.unexpected"),
        ] as [(NameAnswer, String)]
    )
    func failures(answer: NameAnswer, code: String) async throws {
        let names = try FakeNameServer(others: answer)
        let failure = try await names.failure("app.test")
        #expect(failure?.code == code, "\(failure as Any)")
    }

    @Test(
        "Silence, nonsense and answers to other questions cost the deadline",
        arguments: [
            .silent, .garbage, .wrongIdentifier(.addresses("10.0.0.1")), .slow(.seconds(60), .addresses("10.0.0.1")),
            .aliasLoop,
        ] as [NameAnswer]
    )
    func silence(answer: NameAnswer) async throws {
        let names = try FakeNameServer(others: answer)
        let code = try await names.failure("app.test", within: .milliseconds(400))?.code
        #expect(["resolve.timed_out", "resolve.malformed", "resolve.not_found"].contains(code), "\(code ?? "found")")
        if case .silent = answer { #expect(code == "resolve.timed_out") }
        if case .wrongIdentifier = answer { #expect(code == "resolve.timed_out") }
    }

    @Test("A question that gets lost is asked again")
    func retransmission() async throws {
        let names = try FakeNameServer(["app.test": .alternating([.silent, .addresses("10.0.0.1")])])
        #expect(try await names.look("app.test") == ["10.0.0.1"])
    }

    @Test("One family that stays silent holds up the other only for a moment")
    func oneFamily() async throws {
        let names = try FakeNameServer([
            "app.test": .families(ipv4: .addresses("10.0.0.1"), ipv6: .silent)
        ])
        // Had it waited for the other family, nothing would have come of it.
        #expect(try await names.look("app.test", within: .seconds(3600)) == ["10.0.0.1"])
    }

    @Test("A long answer is fetched over TCP, and four of its addresses are tried at most")
    func long() async throws {
        let names = try FakeNameServer([
            "app.test": .hundred(last: ["127.0.0.1"]), "small.test": .truncated(.addresses("10.0.0.1")),
        ])
        #expect(try await names.look("app.test").count == 101)
        #expect(names.queries.contains { $0.overTCP })
        #expect(try await names.look("small.test") == ["10.0.0.1"])
        let server = try ScriptedServer(.silent)
        let endpoint = Endpoint.host("app.test", port: server.port)
        try await withLoop { loop async throws in
            let connector = Connector(resolver: names.resolver())
            let addresses = try await connector.addresses(of: endpoint, until: loop.now + .seconds(30), on: loop)
            #expect(addresses.count == Connector.mostAddresses)
            // All four refuse, the one that does not is not among them.
            let failure = await failure(on: loop) { loop async throws(TransportFailure) in
                _ = try await connector.connect(to: endpoint, until: loop.now + .seconds(30), on: loop)
            }
            #expect(failure?.code == "connect.refused" && server.acceptedCount == 0)
        }
    }

    @Test("The hosts file is read, search domains are tried, and a trailing dot forbids them")
    func searching() async throws {
        let names = try FakeNameServer(["app.one.test": .addresses("10.0.0.1"), "app.test": .addresses("10.0.0.2")])
        let resolver = names.resolver(search: ["two.test", "one.test", "test"])
        #expect(try await names.look("localhost", by: resolver).contains("127.0.0.1"))
        #expect(names.queryCount() == 0)
        #expect(try await names.look("app", by: resolver) == ["10.0.0.1"])
        #expect(try await names.look("app.test.", by: resolver) == ["10.0.0.2"])
        #expect(try await names.failure("app.", by: resolver)?.code == "resolve.not_found")
        #expect(names.queries.allSatisfy { $0.name != "app.test.one.test" })
    }

    @Test("A silent name server delays only the checks that need it, and each of those fails on its own deadline")
    func neighbours() async throws {
        let names = try FakeNameServer(["known.test": .addresses("127.0.0.1")], others: .silent)
        let server = try ScriptedServer(
            .init { conversation in while true { try conversation.send(try conversation.expect(count: 4)) } }
        )
        let resolver = names.resolver()
        let order = Notebook<String>()
        let clock = ManualClock()
        let loop = try EventLoop(clock: clock)
        try loop.start(named: "neighbours")
        defer { loop.stop() }
        let start = clock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (name, time) in [("b.test", 3), ("a.test", 2)] {
                group.addTask(executorPreference: loop.executor) {
                    let failure = await failure(on: loop) { loop async throws(TransportFailure) in
                        _ = try await resolver.addresses(of: name, until: start + .seconds(time), on: loop)
                    }
                    order.note("\(name) \(failure?.code ?? "found") \(start.duration(to: loop.now))")
                }
            }
            group.addTask(executorPreference: loop.executor) {
                try await exchangeFiftyTimes(with: server, on: loop)
                order.note("neighbour")
            }
            // No time passes by the loop's clock, so no deadline either.
            try await eventually { order.notes == ["neighbour"] && names.queryCount() >= 4 }
            await clock.advance(by: .seconds(10))
            try await group.waitForAll()
        }
        #expect(
            order.notes == [
                "neighbour", "a.test resolve.timed_out 2.0 seconds", "b.test resolve.timed_out 3.0 seconds",
            ]
        )
    }

    @Test("A cancelled look-up ends at once")
    func cancelled() async throws {
        let names = try FakeNameServer(others: .silent)
        let resolver = names.resolver()
        let code = try await withLoop { loop async throws in
            await withTaskGroup(of: String?.self) { group in
                group.addTask(executorPreference: loop.executor) {
                    await failure(on: loop) { loop async throws(TransportFailure) in
                        _ = try await resolver.addresses(of: "app.test", until: loop.now + .seconds(3600), on: loop)
                    }?
                    .code
                }
                while names.queryCount() == 0 { await loop.sleep(until: loop.now + .milliseconds(2)) }
                group.cancelAll()
                return await group.next()!
            }
        }
        #expect(code == "resolve.closed")
    }
}

extension FakeNameServer {
    func resolver(search: [String] = []) -> Resolver {
        Resolver(source: .servers("127.0.0.1:\(port)", search: search))
    }

    /// The addresses of a name, by a fresh resolver unless one is given.
    ///
    /// On a manual clock the second family may come as long after the first as it likes.
    func look(
        _ name: String,
        within time: Duration = .seconds(30),
        by resolver: Resolver? = nil,
        clock: any LoopClock = SystemClock()
    ) async throws -> [String] {
        let resolver = resolver ?? self.resolver()
        return try await withLoop(clock: clock) { loop async throws in
            try await resolver.addresses(of: name, until: loop.now + time, on: loop).map(\.host)
        }
    }

    func failure(_ name: String, within time: Duration = .seconds(30), by resolver: Resolver? = nil) async throws
        -> TransportFailure?
    {
        do {
            _ = try await look(name, within: time, by: resolver)
            return nil
        } catch let failure as TransportFailure {
            return failure
        }
    }
}

private func exchangeFiftyTimes(with server: ScriptedServer, on loop: isolated EventLoop) async throws {
    let stream = try await connect(to: server, on: loop)
    for _ in 0..<50 {
        try await stream.send(Array("PING".utf8), until: loop.now + .seconds(30), on: loop)
        var bytes: [UInt8] = []
        _ = try await stream.receive(into: &bytes, until: loop.now + .seconds(30), on: loop)
    }
}
