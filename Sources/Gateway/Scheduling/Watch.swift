internal import Health
internal import Probes
internal import Transport

/// Asks one service again and again: on fresh connections, and in between over the one that is held, if there is one.
///
/// Lives on the loop of its probe. Only an attempt on a fresh connection is made in a task: a login takes ten times the memory
/// that a connection at rest does, and of those there may be thousands.
final class Watch {
    /// A connection that is kept, and what goes with it.
    private struct Held {
        let connection: HeldConnection
        /// Since when there has been one without a break: canaries bring new ones.
        let since: ContinuousClock.Instant
        /// When its login was through.
        let began: ContinuousClock.Instant
        /// When to log in afresh beside it.
        var canaryDue: ContinuousClock.Instant
    }

    /// Between two looks at the files of a check that was refused.
    private static let secretInterval = Duration.seconds(1)
    /// Between two fresh probes after connections that did not last, at first.
    private static let shortestPause = Duration.milliseconds(100)

    private let index: Int
    private let probe: any Probe
    private let holds: Bool
    private let period: Duration
    let timeout: Duration
    private let aggregator: Aggregator
    private let publisher: Publisher
    private let sideThreads: SideThreads
    private let chance: @Sendable () -> Double
    /// What it waits on between attempts while it holds nothing.
    private let token: Token
    private unowned let roster: Roster

    /// When the next attempt is due.
    private(set) var due: ContinuousClock.Instant
    private var held: Held?
    /// How many times in a row what was held was lost before it had been there for a period.
    private var shortLives = 0
    /// Whether a changed secret file ends the pause.
    private var waitsForSecrets = false

    /// - Parameters:
    ///   - first: when the first attempt is due.
    ///   - chance: 0 to 1 at random, for the jitter.
    init(
        _ index: Int,
        of plan: Plan,
        from first: ContinuousClock.Instant,
        aggregator: Aggregator,
        publisher: Publisher,
        sideThreads: SideThreads,
        chance: @escaping @Sendable () -> Double,
        roster: Roster,
        on loop: isolated EventLoop
    ) {
        self.index = index
        let check = plan.checks[index]
        probe = check.probe
        holds = check.policy.holds
        period = check.policy.period
        timeout = check.policy.timeout
        self.aggregator = aggregator
        self.publisher = publisher
        self.sideThreads = sideThreads
        self.chance = chance
        self.roster = roster
        due = first
        token = loop.add()
    }

    /// Ends it, and the connection that it holds; its task has ended before.
    func stop(on loop: isolated EventLoop) {
        held = nil
        loop.remove(token)
    }

    /// Waits for the time of the next attempt, while the connection that is held is asked over.
    func rest(on loop: isolated EventLoop) {
        switch held?.connection {
        case .attended(let connection): connection.attend(for: self, on: loop)
        case .stepwise: roster.callTask(for: self, on: loop)
        case nil where waitsForSecrets: roster.callTask(for: self, on: loop)
        case nil:
            loop.attend(to: token, Attention(for: [], until: due)) { [unowned self] _ in
                roster.callTask(for: self, on: loop)
                return nil
            }
        }
    }

    /// Makes an attempt on a fresh connection, in a task, and goes on after it. When the task is cancelled it returns, and nothing
    /// of the attempt is left.
    func ask(on loop: isolated EventLoop) async {
        if waitsForSecrets, held == nil { due = await sleepUnlessSecretsChange(until: due, on: loop) }
        if !Task.isCancelled { await askAfresh(on: loop) }
        if case .stepwise(let connection) = held?.connection {
            await connection.serve(self, on: loop)
            if held == nil { await probe.settle(on: loop) }
        }
        if !Task.isCancelled { rest(on: loop) }
    }

    private func askAfresh(on loop: isolated EventLoop) async {
        let started = loop.now
        let lastLogin = held.flatMap { $0.connection.takesQuestions ? $0.began : nil }
        // A canary is to hear of a name that leads elsewhere, too; the answer that one check's canary got serves all.
        if let lastLogin { probe.doubtName(heardBy: lastLogin) }
        let outcome = await open(until: started + timeout, on: loop)
        guard !Task.isCancelled else { return }
        let isCanary = lastLogin != nil && held != nil
        let orders = record(outcome, isCanary ? .canary : .fresh, askedAt: started, on: loop)
        held?.canaryDue = orders.canaryDue
        await probe.settle(on: loop)
    }

    private func open(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> ProbeOutcome {
        guard holds else { return await probe.run(until: deadline, on: loop) }
        let started = loop.now
        let (outcome, connection) = await probe.open(until: deadline, on: loop)
        if let connection {
            held = Held(connection: connection, since: held?.since ?? started, began: loop.now, canaryDue: started)
        } else if let address = held?.connection.address, !probe.leads(to: address) {
            // Whatever is still there, it is not the server that the name means.
            held = nil
        }
        return outcome
    }

    @discardableResult
    private func record(
        _ outcome: ProbeOutcome,
        _ kind: ProbeResult.Kind,
        askedAt started: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) -> Aggregator.Orders {
        let orders = aggregator.record(
            outcome,
            kind,
            of: index,
            scheduled: due,
            started: started,
            finished: loop.now,
            chance: chance()
        )
        due = orders.due
        waitsForSecrets = orders.waitsForSecrets && !probe.secretFiles.isEmpty
        if orders.isPublicationPending { publisher.wake() }
        return orders
    }

    /// Waits, but looks every now and then whether a secret file has changed, which ends a long pause at once.
    ///
    /// - Returns: when the next probe is due: as given, or now.
    private func sleepUnlessSecretsChange(
        until due: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async -> ContinuousClock.Instant {
        let files = probe.secretFiles
        var known = await sideThreads.stamps(of: files, until: min(due, loop.now + timeout), on: loop)
        while true {
            await loop.sleep(until: min(due, loop.now + Self.secretInterval))
            guard loop.now < due, !Task.isCancelled else { return due }
            let found = await sideThreads.stamps(of: files, until: min(due, loop.now + timeout), on: loop)
            guard let found else { continue }
            if let known, known != found { return min(due, loop.now) }
            known = found
        }
    }
}

extension Watch: Inquirer {
    func wantsQuestion(at now: ContinuousClock.Instant) -> Bool {
        held.map { $0.connection.takesQuestions && now < $0.canaryDue } ?? false
    }

    func take(_ answer: PingAnswer, askedAt started: ContinuousClock.Instant, on loop: isolated EventLoop) -> Bool {
        switch answer {
        case .answered(let outcome):
            record(outcome, .ping, askedAt: started, on: loop)
            return true
        case .failed(let failure):
            held = nil
            record(.failed(failure), .ping, askedAt: started, on: loop)
        case .lost:
            lose(at: loop.now)
        }
        return false
    }

    func part(on loop: isolated EventLoop) {
        if held == nil { rest(on: loop) } else { roster.callTask(for: self, on: loop) }
    }

    /// Gives a connection up that the other side has closed, and asks afresh: at once, unless this goes on and on.
    private func lose(at now: ContinuousClock.Instant) {
        let age = held?.since.duration(to: now) ?? .zero
        held = nil
        waitsForSecrets = false
        shortLives = age < period ? shortLives + 1 : 0
        let pause = Self.shortestPause * (1 << min(max(shortLives - 2, 0), 16))
        due = shortLives > 1 ? now + min(pause, period) : now
    }
}
