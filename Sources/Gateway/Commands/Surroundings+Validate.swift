package import Configuration

extension Surroundings {
    /// `allclear validate`: every problem in the configuration, each with its place.
    package func validate(_ options: CommandLineOptions) -> ExitStatus {
        guard let configuration = accept(loader.load(options)), makePlan(configuration, with: makeNetwork()) != nil
        else { return .usage }
        let source = configuration.file ?? "the configuration"
        print("\(source) is valid: \(count(configuration.checks, "check")), \(count(configuration.gates, "gate"))")
        return .success
    }
}

private func count(_ items: [some Any], _ noun: String) -> String {
    "\(items.count) \(noun)\(items.count == 1 ? "" : "s")"
}
