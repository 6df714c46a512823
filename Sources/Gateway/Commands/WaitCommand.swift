internal import Glibc
internal import Health
internal import Probes
internal import Transport

/// `allclear wait`: holds until all services pass at the same time, then becomes a command.
package struct WaitCommand: Sendable {
    /// What the command line says, as it was typed.
    package struct Request: Sendable {
        /// `[NAME=]URL`, in order.
        package var urls: [String] = []
        package var config: String?
        package var discover: String?
        package var gate: String?
        package var timeout = "60s"
        package var giveUpAfter = "10s"
        package var stable = "0s"
        /// One is enough.
        package var isAny = false
        /// They shall be down.
        package var isInverted = false
        package var isQuiet = false
        package var format = OutputFormat.text

        package init() {}
    }

    private let request: Request
    private let surroundings: Surroundings
    private var hasCommand: Bool { surroundings.commandLength > 0 }

    package init(_ request: Request, in surroundings: Surroundings) {
        self.request = request
        self.surroundings = surroundings
    }

    /// Call it on the program's first thread, before any other is there.
    package func run() -> ExitStatus {
        let signals = TerminationSignals()
        guard let timeout = surroundings.duration(request.timeout, "--timeout"), let terms,
            let goal = WaitGoals(request, surroundings).goal(terms)
        else { return status(.usage) }
        do throws(TransportFailure) {
            let report = try wait(for: goal, within: timeout > .zero ? timeout : nil, signals)
            tell(report)
            guard report.ending == .reached, hasCommand else { return status(ExitStatus(report.ending)) }
            // One that came too late for the wait is not lost to the command's silence.
            if let signal = signals.taken() { return ExitStatus(.signalled(signal)) }
            return surroundings.becomeCommand()
        } catch {
            surroundings.complain("allclear: error: \(error.detail)")
            return status(.usage)
        }
    }

    private func wait(
        for goal: WaitGoal,
        within timeout: Duration?,
        _ signals: TerminationSignals
    ) throws(TransportFailure) -> WaitReport {
        DescriptorBudget.grant(checks: goal.members.count)
        let loop = try EventLoop()
        try loop.start(named: "wait")
        defer { loop.stop() }
        let writer = LineWriter { "allclear: \($0) lines were dropped" }
        let start = loop.now
        let run = WaitRun(
            for: goal,
            timeout: timeout,
            start: start,
            progress: WaitProgress(progressStyle, start: start),
            tell: writer.write
        )
        let report = RootTask(on: loop) { await run.run(until: signals, on: loop) }.wait()
        writer.flush(within: .seconds(1))
        return report
    }

    private var progressStyle: WaitProgress.Style {
        if request.isQuiet || request.format == .json { return .none }
        return surroundings.isErrorTerminal ? .summaries : .changes
    }

    private func tell(_ report: WaitReport) {
        // What stands on standard output is the command's.
        let print = hasCommand ? surroundings.complain : surroundings.print
        if request.format == .json { return print(report.json) }
        for line in report.complaint { surroundings.complain(line) }
        if report.ending == .reached, !request.isQuiet { for line in report.timeline { print(line) } }
    }

    /// With a command, our own failures have statuses that are not taken for its own.
    private func status(_ status: ExitStatus) -> ExitStatus {
        guard hasCommand else { return status }
        return switch status {
        case .usage: .usageBeforeCommand
        case .gaveUp: .gaveUpBeforeCommand
        default: status
        }
    }

    private var terms: Wait.Terms? {
        guard let stable = surroundings.duration(request.stable, "--stable") else { return nil }
        var terms = Wait.Terms(stable: stable, patience: nil, isInverted: request.isInverted)
        if request.giveUpAfter != "never" {
            let text = request.giveUpAfter
            guard let patience = surroundings.duration(text, "--give-up-after", or: " or `never`") else { return nil }
            terms.patience = patience
        }
        return terms
    }
}

extension ExitStatus {
    init(_ ending: WaitRun.Ending) {
        self =
            switch ending {
            case .reached: .success
            case .inVain: .gaveUp
            case .timedOut: .timedOut
            case .signalled(.terminate): .terminated
            case .signalled(.interrupt): .interrupted
            }
    }
}
