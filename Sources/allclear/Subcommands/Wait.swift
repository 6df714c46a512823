internal import ArgumentParser
internal import Gateway

struct Wait: GatewayCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait",
        abstract: "Waits until all services pass at the same time, then becomes COMMAND.",
        usage: "allclear wait [<options>] [[<name>=]<url> ...] [-- <command> [<argument> ...]]",
        discussion: """
            With URLs, it waits for those alone. Without, for the startup gate of the configuration that serve would use, \
            or for what the environment names.

            Exit status: 0 ready; 2 bad usage or configuration (125 with a COMMAND); 3 waiting will not help (123 with a \
            COMMAND); 124 the time limit was reached; 126 COMMAND could not be run, 127 was not found; 130, 143 ended by \
            SIGINT, SIGTERM.
            """
    )

    @Argument(
        help: ArgumentHelp(
            "What to wait for, options in the fragment; env:NAME takes the URL from a variable.",
            valueName: "[name=]url"
        )
    )
    var urls: [String] = []

    @Option(help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config: String?

    @Option(help: DiscoverOption.help)
    var discover: String?

    @Option(help: ArgumentHelp("The gate of the configuration to wait for (default: startup).", valueName: "name"))
    var gate: String?

    @Option(help: ArgumentHelp("How long to wait at most, as 500ms or 2m; 0s: for ever.", valueName: "time"))
    var timeout = "60s"

    @Option(
        help: ArgumentHelp(
            "How long a failure may stand that waiting will not mend, such as a refused login; never: for ever.",
            valueName: "time"
        )
    )
    var giveUpAfter = "10s"

    @Option(help: ArgumentHelp("How long all must go on passing.", valueName: "time"))
    var stable = "0s"

    @Flag(help: "One service is enough.")
    var any = false

    @Flag(help: "Wait until all are down: nothing answers there.")
    var invert = false

    @Flag(help: "Print nothing but errors.")
    var quiet = false

    @Option(help: "text or json.")
    var format: OutputFormat = .text

    func run(in surroundings: Surroundings) -> ExitStatus {
        var request = WaitCommand.Request()
        // The parser takes what follows `--` for more of them.
        request.urls = urls.dropLast(surroundings.commandLength)
        request.config = config
        request.discover = discover
        request.gate = gate
        request.timeout = timeout
        request.giveUpAfter = giveUpAfter
        request.stable = stable
        request.isAny = any
        request.isInverted = invert
        request.isQuiet = quiet
        request.format = format
        return WaitCommand(request, in: surroundings).run()
    }
}
