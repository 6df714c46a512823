/// Turns file, variables and command line into one configuration, or into all that is wrong with them.
package struct ConfigurationLoader: Sendable {
    /// Read where neither `--config` nor `ALLCLEAR_CONFIG` names a file, and this one exists.
    package static let defaultPath = "/etc/allclear/allclear.yaml"

    private let types: [CheckType]
    private let environment: [String: String]
    private let files: FileReader

    /// Types come in the order of the documentation; the environment as the process received it.
    package init(types: [CheckType], environment: [String: String], files: FileReader) {
        self.types = types
        self.environment = environment
        self.files = files
    }

    /// The configuration that the gateway would run with; nil exactly where an error was found.
    ///
    /// Where nothing names a check and nobody asked for discovery, `otherwiseDiscover` has it look for links and URLs.
    package func load(
        _ commandLine: CommandLineOptions = CommandLineOptions(),
        otherwiseDiscover: Bool = false
    ) -> (Configuration?, Diagnostics) {
        var pass = LoadingPass(types: types, environment: environment, files: files)
        let configuration = pass.load(commandLine, otherwiseDiscover: otherwiseDiscover)
        let diagnostics = pass.reader.diagnostics
        return (diagnostics.hasErrors ? nil : configuration, diagnostics)
    }

    /// The checks that the environment names, as `discover` tells them; nil exactly where an error was found.
    ///
    /// Sources are those of `--discover`; nil for those of `ALLCLEAR_DISCOVER`, else links and URLs.
    package func discover(_ sources: String? = nil) -> ([DiscoveredCheck]?, Diagnostics) {
        var pass = LoadingPass(types: types, environment: environment, files: files)
        let checks = pass.loadDiscovered(sources)
        let diagnostics = pass.reader.diagnostics
        return (diagnostics.hasErrors ? nil : checks, diagnostics)
    }

    /// Checks from arguments `[NAME=]URL` alone, as `wait` takes them: nothing else of a configuration is read.
    package func loadChecks(_ arguments: [String]) -> ([CheckDefinition]?, Diagnostics) {
        var pass = LoadingPass(types: types, environment: environment, files: files)
        let definitions = pass.loadChecks(arguments)
        let diagnostics = pass.reader.diagnostics
        return (diagnostics.hasErrors ? nil : definitions, diagnostics)
    }

    /// One check from a URL as `probe` takes it: `env:NAME`, and options in the fragment, included.
    ///
    /// Its name is the host's first label; `timeout` is text, as `1s`, and may be longer than the period.
    package func loadCheck(_ url: String, timeout: String? = nil) -> (CheckDefinition?, Diagnostics) {
        var pass = LoadingPass(types: types, environment: environment, files: files)
        let definition = pass.loadCheck(url, timeout: timeout)
        let diagnostics = pass.reader.diagnostics
        return (diagnostics.hasErrors ? nil : definition, diagnostics)
    }
}
