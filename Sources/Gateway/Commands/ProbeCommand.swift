internal import Configuration
internal import Health
internal import Probes
internal import Transport

/// `allclear probe`: one attempt, one line, one exit status.
package struct ProbeCommand: Sendable {
    private let url: String
    private let timeout: String?
    private let format: OutputFormat
    private let surroundings: Surroundings

    /// - Parameters:
    ///   - url: as on the command line, `env:NAME` included.
    ///   - timeout: as text, `1s`; nil for the default.
    package init(url: String, timeout: String?, format: OutputFormat, in surroundings: Surroundings) {
        self.url = url
        self.timeout = timeout
        self.format = format
        self.surroundings = surroundings
    }

    package func run() -> ExitStatus {
        guard let definition = surroundings.accept(surroundings.loader.loadCheck(url, timeout: timeout)) else {
            return .usage
        }
        do throws(TransportFailure) {
            let probe = try ProbeTypes.type(named: definition.type.name)
                .make(definition, surroundings.makeNetwork())
            let loop = try EventLoop()
            try loop.start(named: "probe")
            defer { loop.stop() }
            let timeout = definition.policy.timeout
            let (outcome, duration) = RootTask(on: loop) { await ask(probe, within: timeout, on: loop) }.wait()
            switch format {
            case .json: surroundings.print(jsonLine(outcome, duration, observing: probe.measure))
            case .text: surroundings.print(line(on: definition, outcome, duration, observing: probe.measure))
            }
            return outcome.failure == nil ? .success : .failure
        } catch {
            surroundings.complain("allclear: error: \(error.detail)")
            return .usage
        }
    }

    private func ask(
        _ probe: any Probe,
        within timeout: Duration,
        on loop: isolated EventLoop
    ) async -> (ProbeOutcome, Duration) {
        let start = loop.now
        let outcome = await probe.run(until: start + timeout, on: loop)
        return (outcome, start.duration(to: loop.now))
    }

    private func line(
        on definition: CheckDefinition,
        _ outcome: ProbeOutcome,
        _ duration: Duration,
        observing measure: Measure
    ) -> String {
        if let failure = outcome.failure { return failure.sentence }
        let seen = outcome.observation
        let end = measure == .daysLeft ? seen.certificateEnd : nil
        let days = end.map { ", days left: \($0.days(after: wallClock()))" } ?? ""
        let warning = seen.warning.map { "; \($0.sentence)" } ?? ""
        return "\(definition.targetDescription): passed in \(milliseconds(duration)) ms\(days)\(warning)"
    }

    private func jsonLine(_ outcome: ProbeOutcome, _ duration: Duration, observing measure: Measure) -> String {
        let complaint = outcome.failure ?? outcome.observation.warning
        let level: Level = outcome.failure != nil ? .fail : complaint != nil ? .warn : .pass
        var json = JSONWriter()
        json.object { json in
            json.member("status", level.rawValue)
            json.member("code", complaint?.code.description)
            json.member("class", complaint?.code.failureClass.rawValue)
            json.member("output", complaint?.sentence)
            json.observed(measure, duration: duration, at: wallClock(), outcome.observation.certificateEnd)
        }
        return json.text
    }

    private func milliseconds(_ duration: Duration) -> String {
        var json = JSONWriter()
        json.milliseconds(duration)
        return json.text
    }
}
