package import Configuration
internal import Logging
internal import Probes
internal import Transport

extension Surroundings {
    /// `allclear serve`: the gateway, until a signal ends it.
    ///
    /// Blocks the calling thread, which must be the program's first, until the gateway has stopped.
    package func serve(_ options: CommandLineOptions) -> ExitStatus {
        let signals = Signals()
        let network = makeNetwork()
        guard let configuration = accept(loader.load(options), withNotices: false),
            let plan = makePlan(configuration, with: network),
            acceptSecrets(of: plan.checks)
        else { return .usage }
        return serve(configuration, plan, network, until: signals)
    }

    private func serve(
        _ configuration: Configuration,
        _ plan: Plan,
        _ network: Network,
        until signals: Signals
    ) -> ExitStatus {
        let format = LineFormat(configuration.logFormat, wallClock: wallClock)
        let writer = LineWriter(notice: format.line(countingDropped:))
        defer { writer.flush(within: .seconds(1)) }
        let handler = LineLogHandler(level: configuration.logLevel, format: format, writer: writer)
        do {
            let gateway = try Gateway(
                configuration,
                plan: plan,
                network: network,
                environment: environment,
                version: Version.current,
                logger: Logger(label: "allclear") { _ in handler }
            )
            try gateway.run(until: signals)
            return .success
        } catch {
            complain("allclear: error: \(error)")
            return .usage
        }
    }
}
