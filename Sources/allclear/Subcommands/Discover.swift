internal import ArgumentParser
internal import Gateway

struct Discover: GatewayCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints the checks that the environment names, as a configuration file without secrets."
    )

    @Option(help: DiscoverOption.help)
    var discover: String?

    func run(in surroundings: Surroundings) -> ExitStatus {
        surroundings.discover(discover)
    }
}
