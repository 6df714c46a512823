import Synchronization
import TestSupport
import Testing

@testable import Transport

struct ManualClockTests {
    @Test("Time stands still until it is moved, and stops at every timer on its way")
    func advance() async throws {
        let clock = ManualClock()
        let loop = try EventLoop(clock: clock)
        try loop.start(named: "test")
        defer { loop.stop() }
        let start = clock.now
        let ticks = Ticks()
        await withTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: loop.executor) {
                for tick in 1...5 {
                    await loop.sleep(until: start + .seconds(tick))
                    ticks.note(start.duration(to: clock.now))
                }
            }
            await clock.waitUntilAsleep()
            #expect(ticks.all.isEmpty)
            await clock.advance(by: .milliseconds(2500))
            #expect(ticks.all == [.seconds(1), .seconds(2)])
            #expect(start.duration(to: clock.now) == .milliseconds(2500))
            #expect(await clock.advanceToNextTimer() == .milliseconds(500))
            #expect(ticks.all.last == .seconds(3))
            await clock.jump(by: .seconds(60))
            #expect(ticks.all.suffix(2) == [.seconds(63), .seconds(63)])
        }
        #expect(await clock.advanceToNextTimer() == nil)
    }

    @Test("Two loops that hand work to each other are not taken to be asleep", arguments: 1...20)
    func pingPong(round: Int) async throws {
        let clock = ManualClock(loops: 2)
        let (loop, other) = (try EventLoop(clock: clock), try EventLoop(clock: clock))
        try loop.start(named: "test")
        try other.start(named: "other")
        defer {
            loop.stop()
            other.stop()
        }
        await clock.waitUntilAsleep()
        let gate = await loop.add()
        let ticks = Ticks()
        await withTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: loop.executor) {
                // From here on the task is always on one of the two.
                _ = await loop.wait(on: gate, until: nil)
                for _ in 0..<round * 10 { _ = await other.load }
                ticks.note(.zero)
            }
            await clock.waitUntilAsleep()
            loop.signal(gate)
            await clock.waitUntilAsleep()
            #expect(ticks.all.count == 1)
            await group.waitForAll()
        }
    }
}

private final class Ticks: Sendable {
    private let noted = Mutex<[Duration]>([])

    var all: [Duration] { noted.withLock { $0 } }

    func note(_ time: Duration) {
        noted.withLock { $0.append(time) }
    }
}
