package import Transport

/// Runs `body` as a task of an event loop of its own, which ends with it.
///
/// Throws ``LoopLeak`` when something of it is left on the loop: a descriptor, a timer, a wait.
package func withLoop<Result: Sendable>(
    clock: any LoopClock = SystemClock(),
    _ body: @escaping @Sendable (isolated EventLoop) async throws -> Result
) async throws -> Result {
    let loop = try EventLoop(clock: clock)
    try loop.start(named: "test loop")
    defer { loop.stop() }
    let result = await withTaskGroup(of: Swift.Result<Result, any Error>.self) { group in
        group.addTask(executorPreference: loop.executor) {
            do { return .success(try await body(loop)) } catch { return .failure(error) }
        }
        return await group.next()!
    }
    let load = await loop.load
    guard load == (0, 0) else { throw LoopLeak(slots: load.slots, timers: load.timers) }
    return try result.get()
}

/// What was left on an event loop after all work on it had ended.
package struct LoopLeak: Error {
    package let slots: Int
    package let timers: Int
}
