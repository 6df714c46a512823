package import Configuration
internal import Glibc
internal import Probes
internal import Transport

/// What a command is given by the process it runs in.
package struct Surroundings: Sendable {
    /// As the process received it.
    package let environment: [String: String]
    package let files: FileReader
    /// Writes one line of results.
    package let print: @Sendable (String) -> Void
    /// Writes one line of diagnostics.
    package let complain: @Sendable (String) -> Void

    package init(
        environment: [String: String],
        files: FileReader,
        print: @escaping @Sendable (String) -> Void,
        complain: @escaping @Sendable (String) -> Void
    ) {
        self.environment = environment
        self.files = files
        self.print = print
        self.complain = complain
    }

    /// Those of this process: its environment, its files, its standard streams.
    ///
    /// Call it first, and once, while no other thread is there: it also makes the process fit to hold secrets and
    /// sockets (see ``prepareProcess()``).
    package static func ofThisProcess() -> Surroundings {
        let environment = readEnvironment()
        prepareProcess()
        return Surroundings(
            environment: environment,
            files: .system,
            print: { writeAll($0 + "\n", to: STDOUT_FILENO) },
            complain: { writeAll($0 + "\n", to: STDERR_FILENO) }
        )
    }

    var loader: ConfigurationLoader {
        ConfigurationLoader(types: ProbeTypes.all.map(\.check), environment: environment, files: files)
    }

    /// The way out to upstreams, under the program's name.
    func makeNetwork() -> Network {
        Network(userAgent: "allclear/\(Version.current)")
    }

    /// What was loaded, all that is to be said of it said, notices only where they are wanted; nil where it is wrong.
    func accept<Loaded>(_ result: (loaded: Loaded?, diagnostics: Diagnostics), withNotices: Bool = true) -> Loaded? {
        for diagnostic in result.diagnostics.sorted where withNotices || diagnostic.severity != .notice {
            complain(diagnostic.description)
        }
        return result.loaded
    }

    /// The plan of a configuration; nil, each reason said, where a file that it names cannot be used.
    func makePlan(_ configuration: Configuration, with network: Network) -> Plan? {
        switch Plan.make(configuration, with: network) {
        case .success(let plan): return plan
        case .failure(let unusable):
            for problem in unusable.problems { complain(problem.description) }
            return nil
        }
    }
}

private func readEnvironment() -> [String: String] {
    var variables: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
        let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, variables[String(parts[0])] == nil { variables[String(parts[0])] = String(parts[1]) }
        entry += 1
    }
    return variables
}
