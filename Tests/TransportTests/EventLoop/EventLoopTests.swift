import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Transport

struct EventLoopTests {
    @Test("Sleeps end in the order of their deadlines, however many there are")
    func order() async throws {
        let clock = ManualClock()
        let loop = try EventLoop(clock: clock)
        try loop.start(named: "order")
        defer { loop.stop() }
        let start = clock.now
        let delays = (0..<2000).map { Duration.milliseconds(10 * ($0 * 7919 % 2000 + 1)) }
        let ended = Notebook<Duration>()
        await withTaskGroup(of: Void.self) { group in
            for delay in delays {
                group.addTask(executorPreference: loop.executor) {
                    let wake = await loop.sleep(until: start + delay)
                    #expect(wake == .deadline && start.duration(to: clock.now) == delay)
                    ended.note(delay)
                }
            }
            await clock.waitUntilAsleep()
            let load = await loop.load
            #expect(load == (2000, 2000))
            await clock.advance(by: .seconds(21))
        }
        #expect(ended.notes == delays.sorted())
        let load = await loop.load
        #expect(load == (0, 0))
    }

    @Test("Deadlines are rounded up to a grid, a coarse one far ahead, so that a crowd of them is one wake-up")
    func grid() async throws {
        let clock = ManualClock()
        let loop = try EventLoop(clock: clock)
        try loop.start(named: "grid")
        defer { loop.stop() }
        let start = clock.now
        let ended = Notebook<Int>()
        await withTaskGroup(of: Void.self) { group in
            for delay in [100, 700, 1999, 2000, 2001, 1_001_000, 1_010_000] {
                group.addTask(executorPreference: loop.executor) {
                    await loop.sleep(until: start + .microseconds(delay))
                    ended.note(delay)
                }
            }
            #expect(await clock.advanceToNextTimer() == .milliseconds(2))
            #expect(Set(ended.notes) == [100, 700, 1999, 2000])
            #expect(await clock.advanceToNextTimer() == .milliseconds(2))
            #expect(ended.notes.last == 2001)
            #expect(await clock.advanceToNextTimer() == .milliseconds(1006))
            #expect(Set(ended.notes.suffix(2)) == [1_001_000, 1_010_000])
        }
    }

    @Test("A deadline that has passed ends a wait, and none at all does not")
    func deadlines() async throws {
        try await withLoop { loop async throws in
            #expect(await loop.sleep(until: loop.now - .seconds(1)) == .deadline)
            let token = loop.add()
            loop.signal(token)
            #expect(await loop.wait(on: token, until: nil) == .signalled)
            #expect(await loop.wait(on: token, until: loop.now) == .deadline)
            loop.remove(token)
        }
    }

    @Test("What is attended to is handed each wake without a task, until it wants no more or its token is removed")
    func attending() async throws {
        try await withLoop { loop async throws in
            let token = loop.add()
            let done = loop.add()
            var wakes: [Wake] = []
            loop.signal(token)
            loop.attend(to: token, Attention(for: [], until: loop.now)) { wake in
                wakes.append(wake)
                if wakes.count == 2 { loop.signal(token) }
                guard wakes.count < 4 else {
                    loop.signal(done)
                    return nil
                }
                return Attention(for: [], until: loop.now + .milliseconds(wakes.count == 1 ? 1 : 3_600_000))
            }
            for _ in 0..<2 {
                await loop.sleep(until: loop.now + .milliseconds(4))
                loop.signal(token)
            }
            #expect(await loop.wait(on: done, until: loop.now + .seconds(30)) == .signalled)
            #expect(wakes.count == 4 && wakes.contains(.deadline) && wakes.contains(.signalled))
            loop.attend(to: token, Attention(for: [], until: loop.now + .seconds(3600))) { _ in nil }
            loop.remove(token)
            loop.remove(done)
            #expect(loop.load == (0, 0))
        }
    }

    @Test("A cancelled task is woken at once, whether it waits already or not")
    func cancellation() async throws {
        let wakes = try await withLoop { loop async throws in
            await withTaskGroup(of: [Wake].self) { group in
                let started = loop.add()
                group.addTask(executorPreference: loop.executor) {
                    loop.signal(started)
                    let first = await loop.sleep(until: loop.now + .seconds(3600))
                    // Cancelled before it waits.
                    return [first, await loop.sleep(until: loop.now + .seconds(3600))]
                }
                _ = await loop.wait(on: started, until: nil)
                loop.remove(started)
                group.cancelAll()
                return await group.next()!
            }
        }
        #expect(wakes == [.cancelled, .cancelled])
    }

    @Test("A cancellation that comes too late for its wait does not end the next task's")
    func lateCancellation() async throws {
        try await withLoop { loop async throws in
            let token = loop.add()
            await withTaskGroup(of: Wake.self) { group in
                group.addTask(executorPreference: loop.executor) { await loop.wait(on: token, until: nil) }
                await Task.yield()
                // Both come in before the loop turns: the signal ends the wait, the cancellation finds nobody.
                loop.signal(token)
                group.cancelAll()
                #expect(await group.next() == .signalled)
            }
            #expect(await loop.wait(on: token, until: loop.now + .milliseconds(20)) == .deadline)
            loop.remove(token)
        }
    }

    @Test("A signal ends the wait on its token, or the next one, but never another token's")
    func signals() async throws {
        try await withLoop { loop async throws in
            let token = loop.add()
            loop.signal(token)
            #expect(await loop.wait(on: token, until: nil) == .signalled)
            loop.remove(token)
            // The slot is used again, its generation is not.
            let next = loop.add()
            #expect(next.index == token.index && next != token)
            loop.signal(token)
            #expect(await loop.wait(on: next, until: loop.now + .milliseconds(20)) == .deadline)
            loop.remove(next)
        }
    }

    @Test("A signal from another thread ends a wait without deadline")
    func threads() async throws {
        try await withLoop { loop async throws in
            for _ in 0..<200 {
                let token = loop.add()
                try startThread(named: "signal") { loop.signal(token) }
                #expect(await loop.wait(on: token, until: nil) == .signalled)
                loop.remove(token)
            }
        }
    }

    @Test("An answer and the end of a connection that come in one go are both heard at once")
    func stickyEnd() async throws {
        let server = try ScriptedServer(
            .init { conversation in
                try conversation.expect(count: 4)
                try conversation.send("PONG")
            }
        )
        try await withLoop { loop async throws in
            for _ in 0..<200 {
                let stream = try await connect(to: server, on: loop)
                try await stream.send(Array("PING".utf8), until: loop.now + .seconds(30), on: loop)
                var bytes: [UInt8] = []
                while try await stream.receive(into: &bytes, until: loop.now + .seconds(30), on: loop) > 0 {}
                #expect(bytes == Array("PONG".utf8))
            }
        }
    }

    @Test("The end of a connection wakes a wait for nothing at all")
    func death() async throws {
        let server = try ScriptedServer(.close)
        try await withLoop { loop async throws in
            let connector = Connector(resolver: Resolver())
            let (token, _) = try await connector.connect(to: server.endpoint, until: loop.now + .seconds(30), on: loop)
            #expect(await loop.wait(on: token, until: loop.now + .seconds(30)) == .ready)
            loop.remove(token)
        }
    }

    @Test("10,000 waits of a task on the loop switch no thread (EVENTLOOP.md, trap 1)")
    func contextSwitches() async throws {
        let switches = try await withLoop { loop async throws in
            let token = loop.add()
            let before = voluntarySwitches()
            for _ in 0..<10_000 {
                loop.signal(token)
                guard await loop.wait(on: token, until: loop.now + .seconds(60)) == .signalled else { return Int.max }
            }
            loop.remove(token)
            return voluntarySwitches() - before
        }
        // Each hop by way of another thread would be one; a busy machine adds a few of its own.
        #expect(switches < 5000)
    }

    @Test("A loop that was told to stop runs what is queued, and its thread ends")
    func stop() async throws {
        let loop = try EventLoop()
        try loop.start(named: "stop-me")
        try await eventually { threadNames().contains("stop-me") }
        #expect(await loop.load == (0, 0))
        loop.stop()
        try await eventually { !threadNames().contains("stop-me") }
    }

    @Test("A loop that is blocked, or misses its timer, stands still; one that has nothing to do does not")
    func standstill() async throws {
        let loop = try EventLoop()
        try loop.start(named: "standstill")
        defer { loop.stop() }
        let long = Duration.seconds(100)
        try await eventually { loop.standstill(at: loop.now + long) == .zero }
        await withTaskGroup(of: Void.self) { group in
            let gate = Gate()
            group.addTask(executorPreference: loop.executor) { gate.passBlocking() }
            while !gate.isWaitedFor { await Task.yield() }
            #expect(loop.standstill(at: loop.now + long) >= long)
            gate.open()
        }
        try await eventually { loop.standstill(at: loop.now + long) == .zero }
        await withTaskGroup(of: Void.self) { group in
            let start = loop.now
            group.addTask(executorPreference: loop.executor) { await loop.sleep(until: start + .seconds(3600)) }
            // Once it sleeps it is due to move with its timer, not before and not after.
            try? await eventually {
                loop.standstill(at: start + .seconds(3590)) == .zero
                    && loop.standstill(at: start + .seconds(7200)) > .zero
            }
            let late = loop.standstill(at: start + .seconds(7200))
            #expect(late > .seconds(3599) && late <= .seconds(3600))
            group.cancelAll()
        }
    }
}

/// What tasks wrote down, in the order in which they did.
final class Notebook<Note: Sendable>: Sendable {
    private let written = Mutex<[Note]>([])

    var notes: [Note] { written.withLock { $0 } }

    func note(_ note: Note) {
        written.withLock { $0.append(note) }
    }
}

/// How often the calling thread gave up the processor of its own accord.
private func voluntarySwitches() -> Int {
    var usage = rusage()
    // RUSAGE_THREAD (getrusage(2)), which Swift does not see.
    getrusage(1, &usage)
    return usage.ru_nvcsw
}
