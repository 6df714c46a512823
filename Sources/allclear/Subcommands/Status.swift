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

    @Option(
        help: ArgumentHelp(
            "Wait until it is open, at most this long, as 60s or 5m.",
            valueName: "time"
        )
    )
    var wait = "0s"

    @Option(help: "text or json.")
    var format: OutputFormat = .text

    func run(in surroundings: Surroundings) -> ExitStatus {
        StatusCommand(name: name, address: address, wait: wait, format: format, in: surroundings).run()
    }
}
