extension LoadingPass {
    /// What discovery was asked for, and what it found.
    struct DiscoveryResult {
        /// As they were typed; nil where nobody asked.
        var sources: String?
        var checks: [DiscoveredCheck] = []
        /// Something is wrong with the sources, and was reported.
        var isBroken = false
    }

    /// What the command line, else the variable, else `otherwise` asks discovery for.
    mutating func discovery(_ option: String?, otherwise: String? = nil) -> DiscoveryResult {
        let variable = environment[OwnVariables.discover].flatMap { $0.isEmpty ? nil : $0 }
        guard let sources = option ?? variable ?? otherwise else { return DiscoveryResult() }
        let location: SourceLocation =
            option != nil ? .option("--discover") : variable != nil ? .variable(OwnVariables.discover) : .builtIn
        let errorsBefore = reader.diagnostics.errorCount
        let checks = discover(sources, at: location)
        return DiscoveryResult(
            sources: sources,
            checks: checks,
            isBroken: reader.diagnostics.errorCount > errorsBefore
        )
    }

    /// The checks that the environment names, before they have got their names.
    private mutating func discover(_ sources: String, at location: SourceLocation) -> [DiscoveredCheck] {
        do throws(Mistake) {
            let sources = try DiscoverySources(parsing: sources)
            let environment = DiscoveryEnvironment(environment, files: reader.files)
            var discovery = Discovery(environment: environment, types: types)
            let found = discovery.find(sources, at: location)
            reader.report(contentsOf: discovery.diagnostics)
            return found
        } catch {
            reader.report(at: location, "", error.description)
            return []
        }
    }

    /// The checks that the environment names, each under the name that it gets, and valid.
    mutating func loadDiscovered(_ option: String?) -> [DiscoveredCheck] {
        let discovery = discovery(option, otherwise: DiscoverySources.usual)
        if discovery.checks.isEmpty, !discovery.isBroken { reportNothing(nil, discovered: discovery.sources) }
        var collector = CheckCollector(types: types, gates: [])
        let checks = discovery.checks.map { $0.named(collector.add($0, &reader)) }
        let assembly = CheckAssembly(types: types, defaults: [:])
        for draft in collector.drafts { _ = assembly.definition(of: draft, &reader) }
        return checks
    }
}
