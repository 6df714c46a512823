internal import Health
internal import Probes
package import Transport

/// Probes every check at its own pace, at most one probe of a check at a time, until its task is cancelled.
package struct Scheduler: Sendable {
    private let plan: Plan
    private let aggregator: Aggregator
    private let loops: Loops
    private let sideThreads: SideThreads
    private let chance: @Sendable () -> Double

    /// - Parameter chance: 0 to 1 at random, for the jitter.
    package init(
        plan: Plan,
        aggregator: Aggregator,
        loops: Loops,
        sideThreads: SideThreads,
        chance: @escaping @Sendable () -> Double = { .random(in: 0...1) }
    ) {
        self.plan = plan
        self.aggregator = aggregator
        self.loops = loops
        self.chance = chance
        self.sideThreads = sideThreads
    }

    /// Returns once the task is cancelled and every probe has ended.
    package func run() async {
        let start = loops.checks.now
        let firstProbes = plan.checks.enumerated()
            .map { index, check in
                start + Pace.firstDelay(of: index, among: plan.checks.count, policy: check.policy)
            }
        aggregator.start(firstProbes: firstProbes, at: start)
        let publisher = await Publisher(aggregator, on: loops.checks)
        await withDiscardingTaskGroup { group in
            group.addTask(executorPreference: loops.checks.executor) { await publisher.run(on: loops.checks) }
            for (index, check) in plan.checks.enumerated() {
                let loop = loops[check.probe.loop]
                group.addTask(executorPreference: loop.executor) {
                    await watch(index, from: firstProbes[index], tell: publisher, on: loop)
                }
            }
        }
    }

    private func watch(
        _ index: Int,
        from first: ContinuousClock.Instant,
        tell publisher: Publisher,
        on loop: isolated EventLoop
    ) async {
        let check = plan.checks[index]
        var due = first
        await loop.sleep(until: due)
        while !Task.isCancelled {
            let started = loop.now
            let outcome = await check.probe.run(until: started + check.policy.timeout, on: loop)
            if Task.isCancelled { return }
            let orders = aggregator.record(
                outcome,
                of: index,
                scheduled: due,
                started: started,
                finished: loop.now,
                chance: chance()
            )
            due = orders.due
            if orders.isPublicationPending { publisher.wake() }
            await check.probe.settle(on: loop)
            if orders.waitsForSecrets, !check.probe.secretFiles.isEmpty {
                due = await pause(until: due, check, on: loop)
            } else {
                await loop.sleep(until: due)
            }
        }
    }

    /// Waits, but looks every now and then whether a secret file has changed, which ends a long pause at once.
    ///
    /// - Returns: when the next probe is due: as given, or now.
    private func pause(
        until due: ContinuousClock.Instant,
        _ check: Plan.Check,
        on loop: isolated EventLoop
    ) async -> ContinuousClock.Instant {
        let files = check.probe.secretFiles
        var known = await sideThreads.stamps(of: files, until: min(due, loop.now + check.policy.timeout), on: loop)
        while true {
            await loop.sleep(until: min(due, loop.now + Self.secretInterval))
            guard loop.now < due, !Task.isCancelled else { return due }
            let found = await sideThreads.stamps(of: files, until: min(due, loop.now + check.policy.timeout), on: loop)
            guard let found else { continue }
            if let known, known != found { return min(due, loop.now) }
            known = found
        }
    }

    /// Between two looks at the files of a check that was refused.
    private static let secretInterval = Duration.seconds(1)
}
