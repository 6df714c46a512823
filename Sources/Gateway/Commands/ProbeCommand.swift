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
            surroundings.print(line(on: definition, outcome, duration))
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

    private func line(on definition: CheckDefinition, _ outcome: ProbeOutcome, _ duration: Duration) -> String {
        switch format {
        case .json: jsonLine(outcome, duration)
        case .text:
            outcome.failure?.sentence ?? "\(definition.targetDescription): passed in \(milliseconds(duration)) ms"
        }
    }

    private func jsonLine(_ outcome: ProbeOutcome, _ duration: Duration) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("status", outcome.failure == nil ? "pass" : "fail")
            json.member("code", outcome.failure?.code.description)
            json.member("class", outcome.failure?.code.failureClass.rawValue)
            json.member("output", outcome.failure?.sentence)
            json.key("observedValue")
            json.milliseconds(duration)
            json.member("observedUnit", "ms")
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private func milliseconds(_ duration: Duration) -> String {
        var json = JSONWriter()
        json.milliseconds(duration)
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
