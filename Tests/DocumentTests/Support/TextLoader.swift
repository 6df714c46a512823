import Configuration
import Probes

/// Loads configurations that are no files, with the check types of the program.
enum TextLoader {
    static let types = ProbeTypes.all.map(\.check)

    /// - Returns: the configuration, nil where there is an error, and all messages.
    static func load(
        _ yaml: String,
        environment: [String: String] = [:]
    ) -> (configuration: Configuration?, messages: [String]) {
        let loader = ConfigurationLoader(
            types: types,
            environment: environment,
            files: FileReader { (path, _) throws(FileReader.Failure) in
                guard path == "allclear.yaml" else { throw .notFound }
                return Array(yaml.utf8)
            }
        )
        let (configuration, diagnostics) = loader.load(CommandLineOptions(config: "allclear.yaml"))
        return (configuration, diagnostics.sorted.map(\.description))
    }
}
