import Foundation
import TestSupport
import Testing

@testable import Transport

/// How a way to a server is found (CONTRACT section 11, FAULTS rows 1 to 3, 27 and 28).
struct ConnectorTests {
    @Test("Where the first address swallows connections the second is tried, and remembered")
    func race() async throws {
        let blackHole = try BlackHole()
        let server = try ScriptedServer(.silent, at: .tcp(host: "127.0.0.2", port: blackHole.port))
        let names = try FakeNameServer(["app.test": .addresses(["127.0.0.1", "127.0.0.2"], ttl: 3600)])
        try await withLoop { loop async throws in
            let connector = Connector(resolver: names.resolver())
            for attempt in 1...3 {
                let start = loop.now
                let (token, address) = try await connector.connect(
                    to: .host("app.test", port: blackHole.port),
                    until: loop.now + .seconds(30),
                    on: loop
                )
                #expect(address.description == "127.0.0.2:\(blackHole.port)")
                // Only the first time it begins with the dead one.
                if attempt == 1 { #expect(start.duration(to: loop.now) >= Connector.raceDelay) }
                loop.remove(token)
            }
            let addresses = try await connector.addresses(of: .host("app.test", port: 1), until: loop.now, on: loop)
            #expect(addresses.map(\.host) == ["127.0.0.2", "127.0.0.1"])
        }
        try await eventually("three connections") { server.acceptedCount == 3 }
    }

    @Test("An address that refuses costs no time: the next is tried at once")
    func refusedFirst() async throws {
        let server = try ScriptedServer(.silent)
        let names = try FakeNameServer([
            "app.test": .addresses("127.0.0.5", "::1", "127.0.0.6", "127.0.0.1")
        ])
        try await withLoop { loop async throws in
            let connector = Connector(resolver: names.resolver())
            let (token, address) = try await connector.connect(
                to: .host("app.test", port: server.port),
                until: loop.now + .seconds(30),
                on: loop
            )
            #expect(address.host == "127.0.0.1")
            loop.remove(token)
        }
    }

    @Test("Where all addresses fail the most telling failure is told")
    func allFail() async throws {
        let port = try RefusedPort()
        let names = try FakeNameServer([
            "refused.test": .addresses("127.0.0.1", "127.0.0.3"),
            "mixed.test": .addresses("127.0.0.1", "fd00:dead::1"),
        ])
        try await withLoop { loop async throws in
            let connector = Connector(resolver: names.resolver())
            for name in ["refused.test", "mixed.test"] {
                let failure = await failure(on: loop) { loop async throws(TransportFailure) in
                    _ = try await connector.connect(
                        to: .host(name, port: port.port),
                        until: loop.now + .seconds(30),
                        on: loop
                    )
                }
                #expect(failure?.code == "connect.refused", "\(name)")
            }
        }
    }

    @Test("Swallowed connections end at the deadline, whether to one address or to several")
    func blackHole() async throws {
        let blackHole = try BlackHole()
        let names = try FakeNameServer(["two.test": .addresses("127.0.0.1", "127.0.0.1")])
        try await withLoop { loop async throws in
            let connector = Connector(resolver: names.resolver())
            for host in ["127.0.0.1", "two.test"] {
                let failure = await failure(on: loop) { loop async throws(TransportFailure) in
                    _ = try await connector.connect(
                        to: .host(host, port: blackHole.port),
                        until: loop.now + .milliseconds(400),
                        on: loop
                    )
                }
                #expect(failure?.code == "connect.timed_out", "\(host)")
            }
        }
    }

    @Test(
        "A name leads to the addresses of its last answer, a literal and a path to themselves",
        arguments: ["127.0.0.1", "::1"]
    )
    func leads(host: String) async throws {
        let server = try ScriptedServer(.silent, at: .tcp(host: host, port: FreePort.find()))
        let names = try FakeNameServer(["app.test": .addresses([host], ttl: 3600)])
        try await withLoop { loop async throws in
            let connector = Connector(resolver: names.resolver())
            let endpoint = Endpoint.host("app.test", port: server.port)
            let deadline = loop.now + .seconds(30)
            let stream = try await Stream.connect(to: endpoint, by: connector, until: deadline, on: loop)
            let peer = try #require(stream.peer)
            #expect(peer.host == host)
            #expect(connector.leads(endpoint, to: peer))
            #expect(connector.leads(endpoint, to: peer.with(port: server.port)))
            #expect(connector.leads(.host(host, port: 1), to: peer))
            #expect(connector.leads(.unix(path: "/socket"), to: peer))
            #expect(!connector.leads(.host("127.0.0.9", port: 1), to: peer))
            // Nothing is known of this one that would speak against it.
            #expect(connector.leads(.host("other.test", port: 1), to: peer))
        }
    }

    @Test("A unix socket connects, refuses, or is not there")
    func unixSocket() async throws {
        let server = try ScriptedServer(onUnixSocket: .silent)
        try await withLoop { loop async throws in
            let connector = Connector(resolver: Resolver())
            let (token, _) = try await connector.connect(to: server.endpoint, until: loop.now + .seconds(30), on: loop)
            loop.remove(token)
            server.refuse()
            for (path, code) in [(server.path, "connect.refused"), (server.path + "-not", "connect.not_found")] {
                let failure = await failure(on: loop) { loop async throws(TransportFailure) in
                    _ = try await connector.connect(to: .unix(path: path), until: loop.now + .seconds(30), on: loop)
                }
                #expect(failure?.code == code)
            }
        }
    }

    @Test("A cancelled race ends at once and closes what it began")
    func cancelled() async throws {
        let blackHole = try BlackHole()
        let names = try FakeNameServer(["two.test": .addresses("127.0.0.1", "127.0.0.1")])
        let connector = Connector(resolver: names.resolver())
        let codes = try await withLoop { loop async throws in
            await withTaskGroup(of: String?.self) { group in
                for host in ["127.0.0.1", "two.test"] {
                    group.addTask(executorPreference: loop.executor) {
                        await failure(on: loop) { loop async throws(TransportFailure) in
                            let endpoint = Endpoint.host(host, port: blackHole.port)
                            _ = try await connector.connect(to: endpoint, until: loop.now + .seconds(3600), on: loop)
                        }?
                        .code
                    }
                }
                while names.queryCount() < 2 { await loop.sleep(until: loop.now + .milliseconds(2)) }
                group.cancelAll()
                return [await group.next()!, await group.next()!]
            }
        }
        #expect(codes.allSatisfy { $0 == "connect.closed" || $0 == "resolve.closed" } && codes.count == 2)
    }

    @Test("An address as text and back", arguments: ["127.0.0.1", "::1", "fe80::1%1", "::ffff:10.0.0.1"])
    func literals(text: String) throws {
        #expect(try #require(Address(literal: text, port: 1)).host == text)
        #expect(Address(literal: "localhost", port: 1) == nil && Address(literal: "127.1", port: 1) == nil)
        #expect(Address(literal: "fe80::1%no-such-interface", port: 1) == nil)
    }
}
