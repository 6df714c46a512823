internal import Health
internal import Probes
internal import Synchronization
internal import Transport

/// Makes the attempts of one wait, each check at its own pace, until the gate opens or something ends the wait.
final class WaitRun: Sendable {
    /// How a wait ended.
    enum Ending: Hashable, Sendable {
        case reached
        /// By failures that waiting will not mend, of these checks by position.
        case inVain([Int])
        case timedOut
        case signalled(TerminationSignals.Signal)
    }

    private struct State {
        var wait: Wait
        var progress: WaitProgress
        var ending: Ending?
    }

    private let goal: WaitGoal
    private let start: ContinuousClock.Instant
    private let deadline: ContinuousClock.Instant?
    private let tell: @Sendable (String) -> Void
    private let state: Mutex<State>

    /// - Parameters:
    ///   - timeout: for everything; nil for ever.
    ///   - start: now, by the clock of the loop that it will run on.
    ///   - tell: takes lines of progress; must not block.
    init(
        for goal: WaitGoal,
        timeout: Duration?,
        start: ContinuousClock.Instant,
        progress: WaitProgress,
        tell: @escaping @Sendable (String) -> Void
    ) {
        self.goal = goal
        self.start = start
        self.tell = tell
        deadline = timeout.map { start + $0 }
        let wait = Wait(
            for: goal.rule,
            among: goal.rules,
            policies: goal.checks.map(\.policy),
            terms: goal.terms,
            start: start
        )
        state = Mutex(State(wait: wait, progress: progress))
    }

    /// Returns once the wait has ended and every attempt with it.
    func run(until signals: TerminationSignals, on loop: isolated EventLoop) async -> WaitReport {
        let end = loop.add()
        let tokens = Dictionary(uniqueKeysWithValues: goal.members.map { ($0, loop.add()) })
        await withDiscardingTaskGroup { group in
            group.addTask(executorPreference: loop.executor) {
                guard let signal = await signals.next(on: loop) else { return }
                self.finish(.signalled(signal))
                loop.signal(end)
            }
            for (index, token) in tokens {
                group.addTask(executorPreference: loop.executor) {
                    await self.attempt(index, waitingOn: token, waking: tokens, on: loop)
                    loop.signal(end)
                }
            }
            while !isOver {
                if await loop.wait(on: end, until: deadline) == .deadline { finish(.timedOut) }
            }
            group.cancelAll()
        }
        for token in tokens.values { loop.remove(token) }
        loop.remove(end)
        return state.withLock { state in
            WaitReport(goal, state.wait, state.ending ?? .timedOut, waited: start.duration(to: loop.now))
        }
    }

    /// Asks one service again and again; returns once its result has ended the wait, or the task is cancelled.
    private func attempt(
        _ index: Int,
        waitingOn token: Token,
        waking tokens: [Int: Token],
        on loop: isolated EventLoop
    ) async {
        let check = goal.checks[index]
        while !Task.isCancelled {
            let started = loop.now
            let limit = started + check.policy.timeout
            let outcome = await check.probe.run(until: deadline.map { min($0, limit) } ?? limit, on: loop)
            // What our own end has cut off says nothing of the service.
            guard !Task.isCancelled, outcome.failure == nil || deadline.map({ loop.now < $0 }) ?? true else { return }
            let result = ProbeResult(outcome, started: started, finished: loop.now, time: wallClock())
            let woken = record(result, of: index)
            if isOver { return }
            for other in woken { if let token = tokens[other] { loop.signal(token) } }
            await check.probe.settle(on: loop)
            await pause(index, on: token, of: loop)
        }
    }

    /// Waits until it is time for the next attempt, which other checks' results may change.
    private func pause(_ index: Int, on token: Token, of loop: isolated EventLoop) async {
        while !Task.isCancelled {
            let due = state.withLock { $0.wait.due(of: index) }
            if let due, due <= loop.now { return }
            _ = await loop.wait(on: token, until: due)
        }
    }

    /// Takes a result in, and tells of it.
    ///
    /// - Returns: other checks, whose time for the next attempt has changed.
    private func record(_ result: ProbeResult, of index: Int) -> [Int] {
        let (woken, lines) = state.withLock { state in
            let before = goal.members.map { state.wait.due(of: $0) }
            switch state.wait.record(result, of: index) {
            case .goOn: break
            case .reached: state.ending = state.ending ?? .reached
            case .inVain(let hopeless): state.ending = state.ending ?? .inVain(hopeless)
            }
            let changed = zip(goal.members, before).filter { $0 != index && state.wait.due(of: $0) != $1 }.map(\.0)
            return (changed, state.progress.lines(after: result, of: index, in: state.wait, goal))
        }
        for line in lines { tell(line) }
        return woken
    }

    private func finish(_ ending: Ending) {
        state.withLock { $0.ending = $0.ending ?? ending }
    }

    private var isOver: Bool { state.withLock { $0.ending != nil } }
}
