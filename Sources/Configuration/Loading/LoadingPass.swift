internal import Health

/// One run of the loader, from the file's bytes to the configuration.
struct LoadingPass {
    /// Bytes.
    private static let largestFile = 1 << 20

    let types: [CheckType]
    let environment: [String: String]
    var reader: ValueReader

    init(types: [CheckType], environment: [String: String], files: FileReader) {
        self.types = types
        self.environment = environment
        reader = ValueReader(variables: Variables(environment), files: files)
    }

    /// The parts of the file by key, and the path that it was read from.
    private struct File {
        var path: String?
        var parts: [String: Node] = [:]
        /// Nothing is known of it: to say that checks are missing would be guessing.
        var isUnreadable = false
    }

    mutating func load(_ commandLine: CommandLineOptions, otherwiseDiscover: Bool) -> Configuration? {
        let file = readFile(commandLine.config)
        refuseLater(commandLine)
        let assembly = CheckAssembly(types: types, defaults: defaults(file.parts["defaults"]))
        let gateEntries = file.parts["gates"].flatMap { reader.entries(of: $0, "gates") } ?? []
        let gateNames = gateEntries.map(\.key)
        var discovery = discovery(commandLine.discover)
        var drafts = collect(discovery.checks, file.parts["checks"], commandLine.checks, gates: gateNames)
        let hasNoChecks = !file.isUnreadable && file.parts["checks"].map(\.isEmpty) ?? true
        if drafts.isEmpty, hasNoChecks, otherwiseDiscover, discovery.sources == nil {
            discovery = self.discovery(nil, otherwise: DiscoverySources.usual)
            drafts = collect(discovery.checks, nil, [], gates: gateNames)
        }
        let definitions = drafts.map { assembly.definition(of: $0, &reader) }
        if drafts.isEmpty, hasNoChecks, !discovery.isBroken {
            reportNothing(file.path, discovered: discovery.sources)
        }
        let gates = gates(gateEntries, drafts, definitions)
        let configuration = Configuration(
            listeners: listeners(file.parts["listen"], commandLine.listen),
            service: service(file.parts["service"]),
            hosts: hosts(file.parts["hosts"]),
            drain: drain(file.parts["drain"]),
            limits: limits(file.parts["limits"]),
            checks: Self.checks(definitions, observedBy: gates),
            gates: gates,
            logLevel: choice(commandLine.logLevel, "--log-level", OwnVariables.logLevel) ?? .info,
            logFormat: choice(commandLine.logFormat, "--log-format", OwnVariables.logFormat) ?? .text,
            file: file.path
        )
        warnAboutVariables()
        return configuration
    }

    mutating func loadChecks(_ arguments: [String]) -> [CheckDefinition] {
        var collector = CheckCollector(types: types, gates: [])
        for (index, argument) in arguments.enumerated() {
            collector.addArgument(argument, at: .option("URL", index: index), &reader)
        }
        let assembly = CheckAssembly(types: types, defaults: [:])
        return collector.drafts.compactMap { assembly.definition(of: $0, &reader) }
    }

    mutating func loadCheck(_ url: String, timeout: String?) -> CheckDefinition? {
        guard var definition = loadChecks([url]).first else { return nil }
        if let timeout {
            let location = SourceLocation.option("--timeout")
            let node = Node(text: timeout, placeholders: .none, at: location)
            guard let duration = reader.duration(node, "") else { return nil }
            guard duration > .zero else {
                reader.report(at: location, "", "must be longer than 0s")
                return nil
            }
            definition.allow(timeout: duration)
        }
        return definition
    }

    private mutating func readFile(_ option: String?) -> File {
        let named: (path: String, location: SourceLocation)? =
            if let option {
                (option, .option("--config"))
            } else if let path = environment[OwnVariables.config], !path.isEmpty {
                (path, .variable(OwnVariables.config))
            } else {
                nil
            }
        let path = named?.path ?? ConfigurationLoader.defaultPath
        do throws(FileReader.Failure) {
            let bytes = try reader.files.read(path, Self.largestFile)
            let (root, problems) = YAMLDocument.read(bytes, path: path)
            reader.report(contentsOf: problems)
            guard let root else { return File(path: path, isUnreadable: !problems.isEmpty) }
            let parts = reader.parts(of: root)
            return File(path: path, parts: parts ?? [:], isUnreadable: parts == nil)
        } catch {
            if named == nil, error == .notFound { return File() }
            reader.report(at: named?.location ?? .wholeFile(path: path), "", "cannot read \(path): \(error)")
            return File(path: path, isUnreadable: true)
        }
    }

    private mutating func refuseLater(_ commandLine: CommandLineOptions) {
        for (variable, feature) in OwnVariables.later {
            if commandLine.admin != nil { reader.report(at: .option("--admin"), "", "\(feature) not built in yet") }
            if environment[variable]?.isEmpty == false {
                reader.report(at: .variable(variable), "", "\(feature) not built in yet")
            }
        }
    }

    private mutating func collect(
        _ discovered: [DiscoveredCheck],
        _ checks: Node?,
        _ arguments: [String],
        gates: [String]
    ) -> [CheckDraft] {
        var collector = CheckCollector(types: types, gates: gates)
        for check in discovered { _ = collector.add(check, &reader) }
        if let checks { collector.addFile(checks, &reader) }
        for check in OwnVariables.checks(in: environment) {
            collector.addVariable(check.variable, name: check.name, &reader)
        }
        for (index, argument) in arguments.enumerated() {
            collector.addArgument(argument, at: .option("--check", index: index), &reader)
        }
        return collector.drafts
    }

    private mutating func gates(_ entries: [Node.Entry], _ drafts: [CheckDraft], _ definitions: [CheckDefinition?])
        -> [GateDefinition]
    {
        let sources = entries.map { reader.gate($0) }
        let checks = zip(drafts, definitions)
            .map { draft, definition in
                GateAssembly.Check(name: draft.name, location: draft.origins[0], definition: definition)
            }
        return GateAssembly(checks: checks, types: types, sources: sources.compactMap(\.self)).definitions(&reader)
    }

    /// The valid checks, each of which looks at what the gates ask of it.
    private static func checks(_ definitions: [CheckDefinition?], observedBy gates: [GateDefinition])
        -> [CheckDefinition]
    {
        let conditions = GateRule.conditions(in: gates.map(\.rule), onChecks: definitions.count)
        return zip(definitions, conditions)
            .compactMap { definition, conditions in
                var definition = definition
                definition?.observe(conditions)
                return definition
            }
    }

    mutating func reportNothing(_ path: String?, discovered sources: String?) {
        let found = sources.map { ", and discovery (\($0)) finds nothing in the environment" } ?? ""
        reader.report(
            at: path.map(SourceLocation.wholeFile) ?? .builtIn,
            "checks",
            "there is nothing to check\(found); name a service in the file, in a variable ALLCLEAR_CHECK_<NAME>=URL or by "
                + "--check NAME=URL"
        )
    }

    private mutating func listeners(_ node: Node?, _ arguments: [String]) -> [Listener] {
        // All three are read, so that all their mistakes are found; the first that says anything holds.
        let own = node.flatMap { reader.listeners($0) }
        let variable = (environment[OwnVariables.listen] ?? "").split(separator: ",")
            .map { part in
                (text: String(part.filter { !$0.isWhitespace }), location: SourceLocation.variable(OwnVariables.listen))
            }
        let named = reader.listeners(variable)
        let given = reader.listeners(
            arguments.enumerated().map { (text: $1, location: SourceLocation.option("--listen", index: $0)) }
        )
        return given ?? named ?? own ?? [Listener(address: .tcp(host: nil, port: 8484), text: ":8484")]
    }

    /// A word of the command line, else of a variable.
    private mutating func choice<Word: RawRepresentable<String> & CaseIterable>(
        _ option: String?,
        _ optionName: String,
        _ variable: String
    ) -> Word? {
        var chosen: Word?
        for (text, location) in [
            (environment[variable], SourceLocation.variable(variable)), (option, .option(optionName)),
        ] {
            guard let text, !text.isEmpty else { continue }
            let kind = OptionKind.choice(Word.allCases.map(\.rawValue))
            let node = Node(text: text, placeholders: .none, at: location)
            guard let word = reader.read(node, as: kind, "")?.text else { continue }
            chosen = Word(rawValue: word)
        }
        return chosen
    }

    private mutating func warnAboutVariables() {
        for name in OwnVariables.unknown(in: environment, referenced: reader.variables.referenced) {
            let hint = NearMiss.hint(for: name, among: OwnVariables.known)
            reader.report(.warning, at: .variable(name), "", "means nothing to allclear\(hint)")
        }
    }
}
