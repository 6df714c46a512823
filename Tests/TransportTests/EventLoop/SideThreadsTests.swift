import TestSupport
import Testing

@testable import Transport

struct SideThreadsTests {
    @Test("A job runs off the loop, and its result comes back to it")
    func result() async throws {
        try await withLoop { loop async throws in
            let threads = SideThreads()
            let executor = loop.executor
            for number in 0..<100 {
                let result = try await threads.run(.run, until: loop.now + .seconds(30), on: loop) {
                    (number, executor.isIsolatingCurrentContext())
                }
                #expect(result == (number, false))
            }
        }
    }

    @Test("A stuck job is abandoned at the deadline and delays no other, until every thread is stuck")
    func stuck() async throws {
        let gates = [Gate(), Gate()]
        defer { for gate in gates { gate.open() } }
        try await withLoop { loop async throws in
            let threads = SideThreads(limit: 2)
            for (index, gate) in gates.enumerated() {
                let stuck = await failure(on: loop) { loop async throws(TransportFailure) in
                    try await threads.run(.run, until: loop.now + .milliseconds(50), on: loop) { gate.passBlocking() }
                }
                #expect(stuck?.code == "run.timed_out")
                guard index == 0 else { break }
                #expect(try await threads.run(.run, until: loop.now + .seconds(30), on: loop) { 7 } == 7)
            }
            let refused = await failure(on: loop) { loop async throws(TransportFailure) in
                try await threads.run(.run, until: loop.now + .seconds(30), on: loop) {}
            }
            #expect(refused?.code == "run.overloaded")
            // A thread that comes free after all is used again.
            gates[0].open()
            while await failure(
                on: loop,
                of: { loop async throws(TransportFailure) in
                    try await threads.run(.run, until: loop.now + .seconds(30), on: loop) {}
                }
            ) != nil { await loop.sleep(until: loop.now + .milliseconds(2)) }
        }
    }

    @Test("A task that is cancelled does not wait for its job")
    func cancelled() async throws {
        let gate = Gate()
        defer { gate.open() }
        let ending = try await withLoop { loop async throws in
            await withTaskGroup(of: TransportFailure?.self) { group in
                group.addTask(executorPreference: loop.executor) {
                    await failure(on: loop) { loop async throws(TransportFailure) in
                        try await SideThreads()
                            .run(.run, until: loop.now + .seconds(3600), on: loop) {
                                gate.passBlocking()
                            }
                    }
                }
                while !gate.isWaitedFor { await loop.sleep(until: loop.now + .milliseconds(2)) }
                group.cancelAll()
                return await group.next()!
            }
        }
        #expect(ending?.code == "run.closed")
    }
}
