internal import ArgumentParser
internal import Gateway

struct Probe: GatewayCommand {
    static let configuration = CommandConfiguration(abstract: "Asks one service once.")

    @Argument(help: "What to ask, options in the fragment; env:NAME takes the URL from a variable.")
    var url: String

    @Option(help: ArgumentHelp("How long the attempt may take, as 500ms or 2s (default: 1s).", valueName: "time"))
    var timeout: String?

    @Option(help: "text or json.")
    var format: OutputFormat = .text

    func run(in surroundings: Surroundings) -> ExitStatus {
        ProbeCommand(url: url, timeout: timeout, format: format, in: surroundings).run()
    }
}
