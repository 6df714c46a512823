package import Configuration
internal import Glibc
internal import Health
internal import Probes
package import Transport

/// What a command is given by the process it runs in.
package struct Surroundings: Sendable {
    /// As the process received it.
    package let environment: [String: String]
    package let files: FileReader
    /// Writes one line of results.
    package let print: @Sendable (String) -> Void
    /// Writes one line of diagnostics.
    package let complain: @Sendable (String) -> Void
    /// Whether diagnostics go to a terminal.
    let isErrorTerminal: Bool
    /// The process as it was started; nil for one that is only played.
    private let origin: ProcessOrigin?

    package init(
        environment: [String: String],
        files: FileReader,
        print: @escaping @Sendable (String) -> Void,
        complain: @escaping @Sendable (String) -> Void,
        isErrorTerminal: Bool = false,
        origin: ProcessOrigin? = nil
    ) {
        self.isErrorTerminal = isErrorTerminal
        self.origin = origin
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
        let origin = ProcessOrigin.capture()
        prepareProcess()
        return Surroundings(
            environment: environment,
            files: .system,
            print: { writeAll(($0 + "\n").utf8, to: STDOUT_FILENO) },
            complain: { writeAll(($0 + "\n").utf8, to: STDERR_FILENO) },
            isErrorTerminal: isatty(STDERR_FILENO) == 1,
            origin: origin
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

    /// The length of time that an option says; nil, and said so, where it says none.
    ///
    /// - Parameter alternative: what else the option takes, as it goes on behind the examples.
    func duration(_ text: String, _ option: String, or alternative: String = "") -> Duration? {
        if let duration = DurationText.parse(text) { return duration }
        let found = text.oneLine(atMost: 60)
        complain(
            "\(option): error: must be a length of time with its unit, as in `500ms`, `30s` or `2m`\(alternative); it is `\(found)`"
        )
        return nil
    }

    /// The plan of a configuration; nil, each reason said, where a file that it names cannot be used.
    func makePlan(_ configuration: Configuration, with network: Network) -> Plan? {
        accept(Plan.make(configuration, with: network))
    }

    /// The same for definitions alone.
    func makeChecks(_ definitions: [CheckDefinition], with network: Network) -> [Plan.Check]? {
        accept(Plan.checks(definitions, with: network))
    }

    private func accept<Made>(_ result: Result<Made, Plan.UnusableFiles>) -> Made? {
        switch result {
        case .success(let made): return made
        case .failure(let unusable):
            for problem in unusable.problems { complain(problem.description) }
            return nil
        }
    }

    /// Whether every file with a secret can be read now, else why not; one that goes later fails its own check alone.
    func acceptSecrets(of checks: [Plan.Check]) -> Bool {
        let problems = checks.flatMap { check in
            check.probe.secretFiles.compactMap { path -> Diagnostic? in
                do {
                    _ = try SecretSource.file(path: path).read(from: files)
                    return nil
                } catch {
                    return check.definition.diagnostic(.error, "\(path): \(error)")
                }
            }
        }
        for problem in problems { complain(problem.description) }
        return problems.isEmpty
    }

    /// How many words of the command line stand after its first `--`.
    package var commandLength: Int { origin?.commandLength ?? 0 }

    /// Becomes the command that stands there; returns only where that fails.
    func becomeCommand() -> ExitStatus {
        guard let origin else { preconditionFailure("only the program itself can become a command") }
        let (name, error) = origin.becomeCommand()
        complain("allclear: error: cannot run \(name.oneLine(atMost: 200)): \(String(cString: strerror(error)))")
        return error == ENOENT ? .commandNotFound : .commandNotRun
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
