internal import Configuration
internal import Health
internal import Logging
internal import Transport

/// Looks after the checks from a thread of its own: what time alone has changed, what keeps gates closed, and whether
/// the loops still move.
struct Supervisor {
    /// Between two looks.
    static let interval = Duration.seconds(1)
    /// Between two summaries while checks keep a gate closed (CONTRACT section 9).
    private static let summaryInterval = Duration.seconds(30)
    /// A loop that should have moved so long ago is reported; one that is only busy is not.
    private static let reportedStandstill = Duration.seconds(3)

    let plan: Plan
    let aggregator: Aggregator
    let loops: Loops
    let journal: Journal
    let logger: Logger
    private var lastSummary: ContinuousClock.Instant?
    private var isStandstillReported = false
    /// Whether a check has no result yet.
    private var isStarting = true

    init(plan: Plan, aggregator: Aggregator, loops: Loops, journal: Journal, logger: Logger) {
        self.plan = plan
        self.aggregator = aggregator
        self.loops = loops
        self.journal = journal
        self.logger = logger
    }

    mutating func look(at now: ContinuousClock.Instant) {
        aggregator.observe(at: now)
        reportStandstill(at: now)
        let judgement = Judgement(of: aggregator.snapshot(), in: plan, at: now)
        summarise(judgement, at: now)
        endStart(judgement)
    }

    /// Gives back what only the start needed, once it is over.
    private mutating func endStart(_ judgement: Judgement) {
        guard isStarting, !judgement.levels.contains(.pending) else { return }
        isStarting = false
        MappedCode.giveBack()
    }

    private mutating func reportStandstill(at now: ContinuousClock.Instant) {
        let standstill = loops.standstill(at: now)
        let isLong = standstill > Self.reportedStandstill
        defer { isStandstillReported = isLong }
        guard isLong != isStandstillReported else { return }
        if isLong {
            logger.error("the scheduler stands still", metadata: ["seconds": "\(Int(standstill.seconds))"])
        } else {
            logger.notice("the scheduler moves again")
        }
    }

    private mutating func summarise(_ judgement: Judgement, at now: ContinuousClock.Instant) {
        // A gate that only a condition closes is no news: of the faces of a pair, half are closed at any time.
        let closed = plan.gates.indices.filter { !judgement.verdict(ofGate: $0).isOpen }
            .map { gate in
                // Optional checks close nothing but a gate that waits for all first results.
                let failing = plan.members[gate]
                    .filter { $0.isRequired || plan.gates[gate].opensWithFirstResults }.map(\.check)
                    .filter { !judgement.levels[$0].isPassing }
                    .compactMap { check in judgement.failure(of: check).map { (check: check, code: $0.code) } }
                return (gate: gate, failing: failing)
            }
            .filter { !$0.failing.isEmpty }
        guard !closed.isEmpty else {
            lastSummary = nil
            return
        }
        guard let since = lastSummary else {
            lastSummary = now
            return
        }
        guard since.duration(to: now) >= Self.summaryInterval else { return }
        lastSummary = now
        journal.noteClosed(closed)
    }
}
