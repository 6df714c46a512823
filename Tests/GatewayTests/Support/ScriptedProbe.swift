import Health
import Probes
import Synchronization
import Transport

/// A probe that finds what a test tells it to, and remembers when it was asked.
final class ScriptedProbe: Probe, Sendable {
    /// What one attempt does.
    enum Step: Sendable {
        case passes
        case fails(FailureCode)
        /// Finds this after a while, unless the deadline comes first.
        case takes(Duration, ProbeOutcome)
        /// Finds nothing until the deadline.
        case hangs
        /// Breaks its promise and does not come back until it is cancelled.
        case isLost
    }

    private struct State {
        var starts: [ContinuousClock.Instant] = []
        var running = 0
        var mostRunning = 0
        var cancellations = 0
        var pings: [ContinuousClock.Instant] = []
        var connections: [(loop: EventLoop, token: Token)] = []
        var mostConnections = 0
        var hasMoved = false
    }

    let loop: LoopKind
    let secretFiles: [String]
    let measure: Measure
    /// What a ping over a connection that is held finds; nil where none is.
    private let pings: (@Sendable (_ now: ContinuousClock.Instant) -> PingAnswer)?
    /// Whether the connection is one that a task asks over.
    private let isStepwise: Bool
    private let steps: @Sendable (_ attempt: Int, _ now: ContinuousClock.Instant) -> Step
    private let state = Mutex(State())

    /// - Parameter steps: what the attempt of this number, from 0, does at this time.
    init(
        on loop: LoopKind = .checks,
        secretFiles: [String] = [],
        measure: Measure = .duration,
        pings: (@Sendable (_ now: ContinuousClock.Instant) -> PingAnswer)? = nil,
        isStepwise: Bool = false,
        _ steps: @escaping @Sendable (_ attempt: Int, _ now: ContinuousClock.Instant) -> Step
    ) {
        self.loop = loop
        self.secretFiles = secretFiles
        self.measure = measure
        self.pings = pings
        self.isStepwise = isStepwise
        self.steps = steps
    }

    /// One that goes through a list and stays at its end.
    convenience init(_ list: Step..., on loop: LoopKind = .checks, secretFiles: [String] = []) {
        self.init(on: loop, secretFiles: secretFiles) { attempt, _ in list[min(attempt, list.count - 1)] }
    }

    var starts: [ContinuousClock.Instant] { state.withLock { $0.starts } }
    /// How many attempts were under way at one time, at most.
    var mostRunning: Int { state.withLock { $0.mostRunning } }
    var running: Int { state.withLock { $0.running } }
    var cancellations: Int { state.withLock { $0.cancellations } }

    /// Milliseconds between `origin` and each attempt.
    func starts(since origin: ContinuousClock.Instant) -> [Int] {
        starts.map { Int((origin.duration(to: $0) / .milliseconds(1)).rounded()) }
    }

    func run(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> ProbeOutcome {
        let now = loop.now
        let attempt = state.withLock { state in
            state.starts.append(now)
            state.running += 1
            state.mostRunning = max(state.mostRunning, state.running)
            return state.starts.count - 1
        }
        defer { state.withLock { $0.running -= 1 } }
        switch steps(attempt, now) {
        case .passes: return .passed()
        case .fails(let code): return .failed(ProbeFailure(code, at: "place", "detail"))
        case .takes(let duration, let outcome) where now + duration <= deadline:
            await wait(until: now + duration, on: loop)
            return outcome
        case .isLost:
            await wait(until: now + .seconds(86_400), on: loop)
            return .failed(ProbeFailure(FailureCode(.exchange, .closed)))
        case .takes, .hangs:
            await wait(until: deadline, on: loop)
            return .failed(ProbeFailure(FailureCode(.exchange, .timedOut), at: "place"))
        }
    }

    func open(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async -> (
        ProbeOutcome, HeldConnection?
    ) {
        let outcome = await run(until: deadline, on: loop)
        guard outcome.failure == nil, let pings else { return (outcome, nil) }
        let connection = ScriptedConnection(on: loop) { now in
            self.state.withLock { $0.pings.append(now) }
            return pings(now)
        } onEnd: { token in
            self.state.withLock { $0.connections.removeAll { $0.token == token } }
        }
        state.withLock { state in
            state.connections.append((loop, connection.token))
            state.mostConnections = max(state.mostConnections, state.connections.count)
        }
        return (outcome, isStepwise ? .stepwise(connection) : .attended(connection))
    }

    /// Milliseconds between `origin` and each ping.
    func pings(since origin: ContinuousClock.Instant) -> [Int] {
        state.withLock { $0.pings.map { Int((origin.duration(to: $0) / .milliseconds(1)).rounded()) } }
    }

    var openConnections: Int { state.withLock { $0.connections.count } }
    /// How many connections were held at one time, at most.
    var mostConnections: Int { state.withLock { $0.mostConnections } }

    /// The other side ends what is held.
    func cut() {
        for (loop, token) in state.withLock({ $0.connections }) { loop.signal(token) }
    }

    /// From now on its name does not lead any more to where what is held does.
    func move() { state.withLock { $0.hasMoved = true } }

    func leads(to address: Address) -> Bool { state.withLock { !$0.hasMoved } }

    private func wait(until deadline: ContinuousClock.Instant, on loop: isolated EventLoop) async {
        if await loop.sleep(until: deadline) == .cancelled { state.withLock { $0.cancellations += 1 } }
    }
}
