package import Configuration
internal import Logging
internal import Transport

/// `allclear serve`: the gateway, until a signal ends it.
package struct ServeCommand: Sendable {
    private let options: CommandLineOptions
    private let surroundings: Surroundings

    package init(_ options: CommandLineOptions, in surroundings: Surroundings) {
        self.options = options
        self.surroundings = surroundings
    }

    /// Blocks the calling thread, which must be the program's first, until the gateway has stopped.
    package func run() -> ExitStatus {
        let signals = Signals()
        let network = surroundings.makeNetwork()
        guard let configuration = surroundings.accept(surroundings.loader.load(options), withNotices: false),
            let plan = surroundings.makePlan(configuration, with: network)
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
                environment: surroundings.environment,
                version: Version.current,
                logger: Logger(label: "allclear") { _ in handler }
            )
            try gateway.run(until: signals)
            return .success
        } catch {
            surroundings.complain("allclear: error: \(error)")
            return .usage
        }
    }
}
