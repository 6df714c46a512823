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
            for kind in LoopKind.allCases {
                let loop = loops[kind]
                let checks = plan.checks.indices.filter { plan.checks[$0].probe.loop == kind }
                group.addTask(executorPreference: loop.executor) {
                    await watch(checks, from: firstProbes, publisher, on: loop)
                }
            }
        }
    }

    private func watch(
        _ checks: [Int],
        from firstProbes: [ContinuousClock.Instant],
        _ publisher: Publisher,
        on loop: isolated EventLoop
    ) async {
        let roster = Roster(on: loop)
        for check in checks {
            let watch = Watch(
                check,
                of: plan,
                from: firstProbes[check],
                aggregator: aggregator,
                publisher: publisher,
                sideThreads: sideThreads,
                chance: chance,
                roster: roster,
                on: loop
            )
            roster.take(watch)
        }
        await roster.run(on: loop)
    }
}
