internal import Health
internal import Probes
internal import Transport

/// Asks one service again and again: over the connection that is held, if there is one, else on a fresh one.
///
/// A class, and in steps, so that a check that sleeps keeps little on its task's stack: there may be thousands.
final class Watch: Sendable {
    /// What is known from one attempt to the next.
    private struct Progress {
        var due: ContinuousClock.Instant
        var held: Held?
        /// How many connections in a row were lost before they were a period old.
        var shortLives = 0
        /// Whether a changed secret file ends the pause.
        var waitsForSecrets = false
    }

    /// A connection that is kept, and what goes with it.
    private struct Held {
        let connection: any HeldConnection
        let since: ContinuousClock.Instant
        /// When to log in afresh beside it.
        var canaryDue: ContinuousClock.Instant
    }

    /// Between two looks at the files of a check that was refused.
    private static let secretInterval = Duration.seconds(1)
    /// Between two fresh probes after connections that did not last, at first.
    private static let shortestPause = Duration.milliseconds(100)

    private let index: Int
    private let check: Plan.Check
    private let aggregator: Aggregator
    private let publisher: Publisher
    private let sideThreads: SideThreads
    private let chance: @Sendable () -> Double

    /// - Parameter chance: 0 to 1 at random, for the jitter.
    init(
        _ index: Int,
        of plan: Plan,
        aggregator: Aggregator,
        publisher: Publisher,
        sideThreads: SideThreads,
        chance: @escaping @Sendable () -> Double
    ) {
        self.index = index
        check = plan.checks[index]
        self.aggregator = aggregator
        self.publisher = publisher
        self.sideThreads = sideThreads
        self.chance = chance
    }

    /// Returns once the task is cancelled; nothing of a probe is left then.
    func run(from first: ContinuousClock.Instant, on loop: isolated EventLoop) async {
        var progress = Progress(due: first)
        await loop.sleep(until: first)
        while !Task.isCancelled {
            await ask(&progress, on: loop)
            await pause(&progress, on: loop)
        }
    }

    /// Makes one attempt and says what came of it.
    private func ask(_ progress: inout Progress, on loop: isolated EventLoop) async {
        let started = loop.now
        guard let (outcome, kind) = await attempt(&progress, at: started, on: loop), !Task.isCancelled else { return }
        let orders = aggregator.record(
            outcome,
            kind,
            of: index,
            scheduled: progress.due,
            started: started,
            finished: loop.now,
            chance: chance()
        )
        progress.due = orders.due
        progress.waitsForSecrets = orders.waitsForSecrets && !check.probe.secretFiles.isEmpty
        if kind != .ping { progress.held?.canaryDue = orders.canaryDue }
        if orders.isPublicationPending { publisher.wake() }
        await check.probe.settle(on: loop)
    }

    /// - Returns: nil where the connection was lost, which says nothing: `progress` says when to ask afresh.
    private func attempt(
        _ progress: inout Progress,
        at started: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async -> (ProbeOutcome, ProbeResult.Kind)? {
        let deadline = started + check.policy.timeout
        let asked = progress.held.flatMap { $0.connection.takesQuestions ? $0 : nil }
        if let asked, started < asked.canaryDue {
            switch await asked.connection.ping(until: deadline, on: loop) {
            case .answered(let outcome): return (outcome, .ping)
            case .failed(let failure):
                progress.held = nil
                return (.failed(failure), .ping)
            case .lost:
                lose(asked, &progress, at: loop.now)
                return nil
            }
        }
        guard check.policy.holds else { return (await check.probe.run(until: deadline, on: loop), .fresh) }
        let (outcome, connection) = await check.probe.open(until: deadline, on: loop)
        // The new one takes the place of the old, whose address may not be the name's any more.
        if let connection { progress.held = Held(connection: connection, since: started, canaryDue: started) }
        return (outcome, asked == nil ? .fresh : .canary)
    }

    /// Waits until the next attempt is due, or must not wait any longer.
    private func pause(_ progress: inout Progress, on loop: isolated EventLoop) async {
        if let held = progress.held {
            guard await held.connection.isDisturbed(until: progress.due, on: loop) else { return }
            lose(held, &progress, at: loop.now)
        }
        if progress.waitsForSecrets, progress.held == nil {
            progress.due = await sleepUnlessSecretsChange(until: progress.due, on: loop)
        } else {
            await loop.sleep(until: progress.due)
        }
    }

    /// Gives a connection up that the other side has closed, and asks afresh: at once, unless this goes on and on.
    private func lose(_ held: Held, _ progress: inout Progress, at now: ContinuousClock.Instant) {
        progress.held = nil
        progress.waitsForSecrets = false
        progress.shortLives = held.since.duration(to: now) < check.policy.period ? progress.shortLives + 1 : 0
        let pause = Self.shortestPause * (1 << min(max(progress.shortLives - 2, 0), 16))
        progress.due = progress.shortLives > 1 ? now + min(pause, check.policy.period) : now
    }

    /// Waits, but looks every now and then whether a secret file has changed, which ends a long pause at once.
    ///
    /// - Returns: when the next probe is due: as given, or now.
    private func sleepUnlessSecretsChange(
        until due: ContinuousClock.Instant,
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
}
