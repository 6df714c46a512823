package import Configuration
internal import Health

/// `allclear explain`: the effective configuration without secrets, how fast it reacts, and Kubernetes probes for it.
///
/// What it prints of the configuration is YAML in the shape of the file; figures stand in comments.
package struct ExplainCommand: Sendable {
    private let options: CommandLineOptions
    private let surroundings: Surroundings

    package init(_ options: CommandLineOptions, in surroundings: Surroundings) {
        self.options = options
        self.surroundings = surroundings
    }

    package func run() -> ExitStatus {
        guard let configuration = surroundings.accept(surroundings.loader.load(options)) else { return .usage }
        let lines = EffectiveConfiguration(configuration).lines + KubernetesProbes(configuration).lines
        for line in lines { surroundings.print(line) }
        return .success
    }
}
