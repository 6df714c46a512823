internal import ArgumentParser
internal import Configuration

/// The options that say what to check and where to answer.
struct ConfigurationOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config: String?

    @Option(
        name: .customLong("listen"),
        help: ArgumentHelp(
            "Where to answer; may repeat. PORT, :PORT, HOST:PORT, unix:PATH, fd:3.",
            valueName: "address"
        )
    )
    var listen: [String] = []

    @Option(
        name: .customLong("check"),
        help: ArgumentHelp("A check, options in the fragment; may repeat.", valueName: "name=url")
    )
    var checks: [String] = []

    @Option(help: ArgumentHelp("trace, debug, info, notice, warning, error or critical.", valueName: "level"))
    var logLevel: String?

    @Option(help: ArgumentHelp("text or json.", valueName: "format"))
    var logFormat: String?

    @Option(help: DiscoverOption.help)
    var discover: String?

    @Option(help: .hidden)
    var admin: String?

    var commandLine: CommandLineOptions {
        CommandLineOptions(
            config: config,
            listen: listen,
            checks: checks,
            logLevel: logLevel,
            logFormat: logFormat,
            admin: admin,
            discover: discover
        )
    }
}
