import Synchronization
import TestSupport
import Testing

@testable import Transport

/// How long answers are kept, and what is left when the name server fails (CONTRACT section 11).
struct ResolverCacheTests {
    @Test(
        "An answer is kept for its time to live, 1 s at least and 30 s at most",
        arguments: [(0, 1), (5, 5), (3600, 30)]
    )
    func timeToLive(told: Int, kept: Int) async throws {
        let names = try FakeNameServer(["app.test": .addresses(["10.0.0.1"], ttl: UInt32(told))])
        try await use(names) { clock, look in
            #expect(await look(.seconds(5)) == ["10.0.0.1"])
            names.set("app.test", .addresses("10.0.0.2"))
            await clock.jump(by: .seconds(kept) - .milliseconds(10))
            #expect(await look(.seconds(5)) == ["10.0.0.1"])
            #expect(names.queryCount() == 2)
            await clock.jump(by: .milliseconds(20))
            #expect(await look(.seconds(5)) == ["10.0.0.2"])
        }
    }

    @Test("Who doubts what was heard by then has the name server asked again; a later answer serves him as well")
    func doubted() async throws {
        let names = try FakeNameServer(["app.test": .addresses(["10.0.0.1"], ttl: 3600)])
        let resolver = names.resolver()
        try await use(names, by: resolver) { clock, look in
            #expect(await look(.seconds(5)) == ["10.0.0.1"])
            let heard = clock.now
            await clock.jump(by: .seconds(1))
            names.set("app.test", .addresses(["10.0.0.2"], ttl: 3600))
            resolver.doubt("app.test", heardBy: heard - .milliseconds(1))
            #expect(await look(.seconds(5)) == ["10.0.0.1"])
            resolver.doubt("app.test", heardBy: heard)
            #expect(await look(.seconds(5)) == ["10.0.0.2"])
            resolver.doubt("app.test", heardBy: heard)
            #expect(await look(.seconds(5)) == ["10.0.0.2"])
            #expect(names.queryCount() == 4)
            // A doubted answer is better than none.
            names.set("app.test", .serverFailure)
            resolver.doubt("app.test", heardBy: clock.now)
            #expect(await look(.seconds(5)) == ["10.0.0.2"])
        }
    }

    @Test(
        "When the name server fails the last addresses may be used for 5 min",
        arguments: [NameAnswer.serverFailure, .refused]
    )
    func fallback(answer: NameAnswer) async throws {
        let names = try FakeNameServer(["app.test": .addresses("10.0.0.1")])
        try await use(names) { clock, look in
            #expect(await look(.seconds(5)) == ["10.0.0.1"])
            names.set("app.test", answer)
            await clock.jump(by: .seconds(299))
            #expect(await look(.seconds(5)) == ["10.0.0.1"])
            await clock.jump(by: .seconds(2))
            #expect(await look(.seconds(5))[0].hasPrefix("resolve."))
        }
    }

    @Test("When the name server says that there is no such name the last addresses are not used")
    func gone() async throws {
        let names = try FakeNameServer(["app.test": .addresses("10.0.0.1")])
        let resolver = names.resolver()
        let address = try #require(Address(literal: "10.0.0.1", port: 0))
        try await use(names, by: resolver) { clock, look in
            #expect(await look(.seconds(5)) == ["10.0.0.1"])
            #expect(resolver.names(address, for: "app.test"))
            names.set("app.test", .nameError)
            await clock.jump(by: .seconds(10))
            #expect(await look(.seconds(5)) == ["resolve.not_found"])
            #expect(!resolver.names(address, for: "app.test"))
            // Nor when it fails afterwards.
            names.set("app.test", .serverFailure)
            #expect(await look(.seconds(5)) == ["resolve.unexpected"])
        }
    }

    @Test("When the name server is silent half of the time is left to connect to the last address")
    func silence() async throws {
        let names = try FakeNameServer(["app.test": .addresses("10.0.0.1")])
        try await use(names) { clock, look in
            #expect(await look(.seconds(5)) == ["10.0.0.1"])
            names.set("app.test", .silent)
            await clock.jump(by: .seconds(10))
            let start = clock.now
            let isAnswered = Mutex(false)
            async let found = {
                defer { isAnswered.withLock { $0 = true } }
                return await look(.seconds(5))
            }()
            // c-ares counts its retransmissions by its own clock: they come and go while ours stands still.
            try await eventually { names.queryCount() >= 4 }
            while !isAnswered.withLock({ $0 }) { await clock.advanceToNextTimer() }
            #expect(await found == ["10.0.0.1"])
            #expect(start.duration(to: clock.now) >= .milliseconds(2500))
            #expect(start.duration(to: clock.now) < .milliseconds(5000))
        }
    }

    @Test("The address that last worked is tried first from then on")
    func remembered() async throws {
        let names = try FakeNameServer([
            "app.test": .addresses(["10.0.0.1", "10.0.0.2", "10.0.0.3"], ttl: 3600)
        ])
        let resolver = names.resolver()
        _ = try await names.look("app.test", by: resolver)
        resolver.remember(Address(literal: "10.0.0.3", port: 80)!, for: "app.test")
        #expect(try await names.look("app.test", by: resolver) == ["10.0.0.3", "10.0.0.2", "10.0.0.1"])
        #expect(names.queryCount() == 2)
    }

    /// Lends a manual clock, and a look-up of `app.test` within so much of its time: the addresses, or the code.
    private func use(
        _ names: FakeNameServer,
        by resolver: Resolver? = nil,
        _ body: (ManualClock, _ look: @escaping @Sendable (Duration) async -> [String]) async throws -> Void
    ) async throws {
        let clock = ManualClock()
        let loop = try EventLoop(clock: clock)
        try loop.start(named: "cache")
        defer { loop.stop() }
        let resolver = resolver ?? names.resolver()
        try await body(clock) { time in
            await Task(executorPreference: loop.executor) {
                await look(for: "app.test", by: resolver, within: time, on: loop)
            }
            .value
        }
        let load = await loop.load
        #expect(load == (0, 0))
    }
}

private func look(for name: String, by resolver: Resolver, within time: Duration, on loop: isolated EventLoop) async
    -> [String]
{
    do throws(TransportFailure) {
        return try await resolver.addresses(of: name, until: loop.now + time, on: loop).map(\.host)
    } catch {
        return [error.code]
    }
}
