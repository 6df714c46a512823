internal import Health
package import Logging
internal import Synchronization

/// Tells the log what changed: levels of checks, gates, and from time to time what keeps a gate closed.
package final class Journal: Sendable {
    private let checks: [String]
    private let gates: [String]
    private let logger: Logger

    /// - Parameters:
    ///   - checks: their names by position.
    ///   - gates: their names by position.
    package init(checks: [String], gates: [String], logger: Logger) {
        self.checks = checks
        self.gates = gates
        self.logger = logger
    }

    func noteChange(of check: Int, _ transition: CheckState.Transition, _ failure: ProbeFailure?) {
        var metadata: Logger.Metadata = [
            "check": "\(checks[check])", "from": "\(transition.from.rawValue)", "to": "\(transition.to.rawValue)",
        ]
        if let failure {
            metadata["code"] = "\(failure.code)"
            metadata["reason"] = "\(failure.sentence)"
        }
        logger.log(level: transition.to.isPassing ? .info : .warning, "check changed", metadata: metadata)
    }

    func noteChange(ofGate gate: Int, _ verdict: Judgement.Verdict) {
        var metadata: Logger.Metadata = ["gate": "\(gates[gate])", "status": "\(verdict.status.rawValue)"]
        if let failure = verdict.failure { metadata["code"] = "\(failure.code)" }
        if let cause = verdict.cause { metadata["check"] = "\(checks[cause])" }
        logger.log(level: verdict.isOpen ? .info : .warning, "gate changed", metadata: metadata)
    }

    /// One line on what keeps gates closed.
    func noteClosed(_ closed: [(gate: Int, failing: [(check: Int, code: FailureCode)])]) {
        let gates = closed.map { self.gates[$0.gate] }.joined(separator: ",")
        var seen: Set<Int> = []
        let failing = closed.flatMap(\.failing).filter { seen.insert($0.check).inserted }
        let reasons = failing.map { "\(checks[$0.check]) \($0.code)" }.joined(separator: ", ")
        logger.warning("gates are closed", metadata: ["gates": "\(gates)", "reasons": "\(reasons)"])
    }
}
