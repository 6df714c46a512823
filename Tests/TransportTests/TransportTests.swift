import Testing

@testable import Transport

struct EventLoopTests {
    @Test("A sleep ends at its deadline, and no slot or timer stays behind")
    func sleepEnds() async throws {
        let loop = try EventLoop()
        try loop.start(named: "test")
        defer { loop.stop() }
        #expect(await loop.sleep(until: loop.now + .milliseconds(5)) == .deadline)
        let load = await loop.load
        #expect(load.slots == 0 && load.timers == 0)
    }

    @Test("A cancelled task is woken at once")
    func cancelled() async throws {
        let loop = try EventLoop()
        try loop.start(named: "test")
        defer { loop.stop() }
        let wake = await withTaskGroup(of: Wake.self) { group in
            group.addTask(executorPreference: loop.executor) { await loop.sleep(until: loop.now + .seconds(3600)) }
            group.cancelAll()
            return await group.next()
        }
        #expect(wake == .cancelled)
    }

    @Test("Connecting to localhost resolves and is refused")
    func refused() async throws {
        let loop = try EventLoop()
        try loop.start(named: "test")
        defer { loop.stop() }
        let connector = Connector(resolver: Resolver())
        let failure = await tryConnect(connector, .host("localhost", port: 1), loop)
        #expect(failure?.reason == .refused)
        let other = await tryConnect(connector, .host("no-such-name.invalid", port: 1), loop)
        #expect(other?.stage == .resolve)
        print(other as Any)
        let load = await loop.load
        #expect(load.slots == 0 && load.timers == 0)
    }
}

private func tryConnect(_ connector: Connector, _ endpoint: Endpoint, _ loop: isolated EventLoop) async -> TransportFailure? {
    do throws(TransportFailure) {
        _ = try await Stream.connect(to: endpoint, by: connector, until: loop.now + .seconds(1), on: loop)
        return nil
    } catch {
        return error
    }
}
