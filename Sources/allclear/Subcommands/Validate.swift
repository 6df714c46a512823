internal import ArgumentParser
internal import Gateway

struct Validate: GatewayCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tells every problem in the configuration, with its place."
    )

    @OptionGroup
    var options: ConfigurationOptions

    func run(in surroundings: Surroundings) -> ExitStatus {
        surroundings.validate(options.commandLine)
    }
}
