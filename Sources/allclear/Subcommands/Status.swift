internal import ArgumentParser
internal import Gateway

struct Status: GatewayCommand {
    static let configuration = CommandConfiguration(
        abstract: "Asks a running gateway and prints a table; for HEALTHCHECK and exec probes where there is no curl."
    )

    @Argument(help: "A gate or a check.")
    var name = "ready"

    @Option(
        help: ArgumentHelp(
            "The gateway's address (default: $ALLCLEAR_ADDRESS, or where serve listens).",
            valueName: "url"
        )
    )
    var address: String?

    @Option(help: .hidden)
    var wait: String?

    @Option(help: "text or json.")
    var format: OutputFormat = .text

    func run(in surroundings: Surroundings) -> ExitStatus {
        guard wait == nil else {
            surroundings.complain("allclear: error: status --wait is not built in yet")
            return .usage
        }
        return StatusCommand(name: name, address: address, format: format, in: surroundings).run()
    }
}
