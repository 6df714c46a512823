internal import ArgumentParser
internal import Gateway

/// A subcommand that does its work in the Gateway target.
protocol GatewayCommand: ParsableCommand {
    func run(in surroundings: Surroundings) -> ExitStatus
}

extension OutputFormat: ExpressibleByArgument {}
