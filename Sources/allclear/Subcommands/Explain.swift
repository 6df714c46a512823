internal import ArgumentParser
internal import Gateway

struct Explain: GatewayCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Prints the effective configuration without secrets, how fast it reacts, and Kubernetes probes for it."
    )

    @OptionGroup
    var options: ConfigurationOptions

    func run(in surroundings: Surroundings) -> ExitStatus {
        surroundings.explain(options.commandLine)
    }
}
