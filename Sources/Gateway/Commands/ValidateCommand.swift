package import Configuration

/// `allclear validate`: every problem in the configuration, each with its place.
package struct ValidateCommand: Sendable {
    private let options: CommandLineOptions
    private let surroundings: Surroundings

    package init(_ options: CommandLineOptions, in surroundings: Surroundings) {
        self.options = options
        self.surroundings = surroundings
    }

    package func run() -> ExitStatus {
        guard let configuration = surroundings.accept(surroundings.loader.load(options)),
            surroundings.makePlan(configuration, with: surroundings.makeNetwork()) != nil
        else { return .usage }
        let source = configuration.file ?? "the configuration"
        surroundings.print(
            "\(source) is valid: \(count(configuration.checks, "check")), \(count(configuration.gates, "gate"))"
        )
        return .success
    }

    private func count(_ items: [some Any], _ noun: String) -> String {
        "\(items.count) \(noun)\(items.count == 1 ? "" : "s")"
    }
}
