package import Configuration
internal import Health

extension Surroundings {
    /// `allclear explain`: the effective configuration without secrets, how fast it reacts, and Kubernetes probes for it.
    ///
    /// What it prints of the configuration is YAML in the shape of the file; figures stand in comments.
    package func explain(_ options: CommandLineOptions) -> ExitStatus {
        guard let configuration = accept(loader.load(options)) else { return .usage }
        let lines = EffectiveConfiguration(configuration).lines + KubernetesProbes(configuration).lines
        for line in lines { print(line) }
        return .success
    }
}
