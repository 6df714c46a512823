internal import Configuration

extension Surroundings {
    /// `allclear discover`: the checks that the environment names, in the shape of the file, no secret in it.
    ///
    /// What is left out is said among the diagnostics; nothing to check is the mistake that it is everywhere.
    package func discover(_ sources: String?) -> ExitStatus {
        guard let checks = accept(loader.discover(sources)) else { return .usage }
        print("# allclear \(Version.current), from the environment")
        print("checks:")
        for check in checks {
            print("  \(check.name):  # from \(check.variables.joined(separator: ", "))")
            for setting in check.settings { print("    \(setting.key): \(setting.yaml)") }
        }
        return .success
    }
}

extension DiscoveredCheck.Setting {
    fileprivate var yaml: String { value == "false" ? value : value.quoted }
}
