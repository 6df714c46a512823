internal import ArgumentParser
internal import Gateway

struct Serve: GatewayCommand {
    static let configuration = CommandConfiguration(abstract: "Runs the gateway until SIGTERM or SIGINT (the default).")

    @OptionGroup
    var options: ConfigurationOptions

    func run(in surroundings: Surroundings) -> ExitStatus {
        surroundings.serve(options.commandLine)
    }
}
