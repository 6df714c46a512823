internal import Health

/// Makes the definition of a check of its draft, or says what is wrong with it.
struct CheckAssembly {
    let types: [CheckType]
    let defaults: [String: PolicyAssembly.Given]

    /// The target and what came with it.
    private struct Chosen {
        let type: CheckType
        let target: CheckDefinition.Target
        let setting: CheckDraft.Setting
        let shown: String
    }

    private static let selectors = CheckType.Selector.allCases.map(\.rawValue)

    /// Nil where an error was reported, now or before.
    func definition(of draft: CheckDraft, _ reader: inout ValueReader) -> CheckDefinition? {
        var draft = draft
        let errorsBefore = reader.diagnostics.errorCount
        let chosen = choose(&draft, &reader)
        // Whatever is wrong with its URL, its other keys are judged too.
        let type = chosen?.type ?? presumedType(of: draft)
        reportUnknownKeys(of: draft, type: type, &reader)
        let options = type?.options.compactMap { option($0, of: draft, chosen, &reader) } ?? []
        let policy = policy(of: draft, type, options, &reader)
        guard let chosen, !draft.isBroken, reader.diagnostics.errorCount == errorsBefore else { return nil }
        let definition = CheckDefinition(
            name: draft.name,
            type: chosen.type,
            target: chosen.target,
            policy: policy.policy,
            options: options,
            location: chosen.setting.value.location,
            targetDescription: chosen.shown,
            origin: draft.origins.map(\.origin).joined(separator: ", "),
            policyLocations: policy.locations
        )
        reader.report(contentsOf: DatabasePorts.lint(definition, types: types) + chosen.type.validate(definition))
        return reader.diagnostics.errorCount == errorsBefore ? definition : nil
    }

    private func choose(_ draft: inout CheckDraft, _ reader: inout ValueReader) -> Chosen? {
        let given = draft.prevailing(Self.selectors)
        guard let setting = given.first else {
            if !draft.isBroken, let location = draft.origins.first {
                reader.report(at: location, draft.path, "needs one of `url`, `command` and `file`")
            }
            return nil
        }
        if given.count > 1 {
            reader.report(
                at: given[1].location,
                draft.path,
                given[1].key == setting.key
                    ? "is given twice"
                    : "takes one of `url`, `command` and `file`; here are `\(setting.key)` and `\(given[1].key)`"
            )
            return nil
        }
        switch setting.key {
        case "url": return url(setting, &draft, &reader)
        case "command": return command(setting, draft, &reader)
        default: return file(setting, draft, &reader)
        }
    }

    /// The type that the scheme of a URL names that is wrong elsewhere.
    private func presumedType(of draft: CheckDraft) -> CheckType? {
        guard let setting = draft.prevailing(["url"]).first, case .scalar(let scalar) = setting.value.content else {
            return nil
        }
        return types.first { $0.schemes.contains { scalar.text.hasPrefix("\($0.name)://") } }
    }

    private func url(_ setting: CheckDraft.Setting, _ draft: inout CheckDraft, _ reader: inout ValueReader) -> Chosen? {
        let path = "\(draft.path).url"
        guard let expansion = reader.expand(setting.value, path, files: .accepted) else { return nil }
        do {
            let parsed = try URLParser(types: types).parse(expansion)
            addQuery(parsed, setting, &draft, &reader)
            let holdsPassword = parsed.hasWrittenPassword || parsed.query.contains { $0.name == "password" }
            if setting.layer == .commandLine, holdsPassword, setting.value.isWritten {
                reader.report(
                    .warning,
                    at: setting.location,
                    path,
                    "a password in an argument is seen by every process; put the URL into a variable and write `env:NAME`"
                )
            }
            return Chosen(type: parsed.type, target: .url(parsed.url), setting: setting, shown: parsed.url.description)
        } catch {
            reader.report(at: setting.value.location, path, error.message)
            return nil
        }
    }

    /// The options in a URL's query join those that stand beside it.
    private func addQuery(
        _ parsed: ParsedURL,
        _ setting: CheckDraft.Setting,
        _ draft: inout CheckDraft,
        _ reader: inout ValueReader
    ) {
        let keys = parsed.type.options.flatMap(\.keys)
        for item in parsed.query where !parsed.type.ignoredParameters.contains(item.name) {
            guard keys.contains(item.name) else {
                let isWord = item.name.count <= 40 && item.name.allSatisfy { $0.isASCII && ($0.isLetter || $0 == "_") }
                let named = isWord ? " called `\(item.name)`" : " of some name in it"
                let hint = isWord ? NearMiss.hint(for: item.name, among: keys) : ""
                // What a variable holds may have been written for a library that knows more.
                reader.report(
                    setting.value.isWritten ? .error : .warning,
                    at: setting.value.location,
                    "\(draft.path).url",
                    "its query is for options, and \(parsed.type.name) has none\(named)\(hint)"
                )
                continue
            }
            let value = Node(text: item.value, placeholders: .none, at: setting.value.location)
            draft.add(
                fromQuery: CheckDraft.Setting(
                    key: item.name,
                    value: value,
                    location: setting.value.location,
                    layer: setting.layer
                )
            )
        }
    }

    private func command(_ setting: CheckDraft.Setting, _ draft: CheckDraft, _ reader: inout ValueReader) -> Chosen? {
        let path = "\(draft.path).command"
        guard let type = types.first(where: { $0.selector == .command }) else {
            reader.report(at: setting.location, path, "commands are not built in")
            return nil
        }
        guard let words = reader.textList(setting.value, path) else { return nil }
        guard words.first?.hasPrefix("/") == true else {
            reader.report(
                at: setting.value.location,
                path,
                "must begin with the absolute path of a program; no shell is there to find it"
            )
            return nil
        }
        return Chosen(type: type, target: .command(words), setting: setting, shown: setting.value.shown)
    }

    private func file(_ setting: CheckDraft.Setting, _ draft: CheckDraft, _ reader: inout ValueReader) -> Chosen? {
        let path = "\(draft.path).file"
        guard let type = types.first(where: { $0.selector == .file }) else {
            reader.report(at: setting.location, path, "file checks are not built in")
            return nil
        }
        guard case .text(let file)? = reader.read(setting.value, as: .path, path) else { return nil }
        return Chosen(type: type, target: .file(file), setting: setting, shown: setting.value.shown)
    }

    private func policy(
        of draft: CheckDraft,
        _ type: CheckType?,
        _ options: [CheckDefinition.Option],
        _ reader: inout ValueReader
    ) -> (policy: CheckPolicy, locations: [String: SourceLocation]) {
        var own: [String: PolicyAssembly.Given] = [:]
        for spec in ConfigurationKeys.check.known {
            guard let setting = prevailing(spec, draft, &reader) else { continue }
            guard let value = reader.read(setting.value, as: spec.kind, "\(draft.path).\(spec.name)") else { continue }
            own[spec.name] = PolicyAssembly.Given(value: value, location: setting.value.location)
        }
        let assembly = PolicyAssembly(defaults: defaults, own: own, path: draft.path)
        let policy = assembly.policy(
            lowestPeriod: type?.lowestPeriod(options) ?? .zero,
            // Of a type that is not known nothing is wrong to ask for.
            holding: type?.holding(options) ?? .onRequest,
            &reader
        )
        return (policy, own.mapValues(\.location))
    }

    private func option(
        _ spec: OptionSpec,
        of draft: CheckDraft,
        _ chosen: Chosen?,
        _ reader: inout ValueReader
    ) -> CheckDefinition.Option? {
        guard let setting = prevailing(spec, draft, &reader) else { return nil }
        if spec.name == "password", let chosen, case .url(let url) = chosen.target, url.password != nil {
            if setting.layer < chosen.setting.layer { return nil }
            if setting.layer == chosen.setting.layer {
                reader.report(
                    at: setting.location,
                    "\(draft.path).\(setting.key)",
                    "the URL holds a password too; give one of them"
                )
                return nil
            }
        }
        let path = "\(draft.path).\(setting.key)"
        let value: OptionValue?
        if spec.kind == .secret, setting.key != spec.name {
            guard case .text(let file)? = reader.read(setting.value, as: .path, path) else { return nil }
            value = .secret(.file(path: file))
        } else {
            value = reader.read(setting.value, as: spec.kind, path)
        }
        return value.map {
            CheckDefinition.Option(
                name: spec.name,
                value: $0,
                shown: $0.shown(setting.value),
                location: setting.value.location
            )
        }
    }

    /// The setting of a key that holds; two of the same layer are reported.
    private func prevailing(_ spec: OptionSpec, _ draft: CheckDraft, _ reader: inout ValueReader) -> CheckDraft.Setting?
    {
        let given = draft.prevailing(spec.keys)
        if given.count > 1 {
            let message =
                given[0].key == given[1].key ? "is given twice" : "`\(given[0].key)` is given too; give one of them"
            reader.report(at: given[1].location, "\(draft.path).\(given[1].key)", message)
            return nil
        }
        return given.first
    }

    private func reportUnknownKeys(of draft: CheckDraft, type: CheckType?, _ reader: inout ValueReader) {
        let own = (type.map { [$0] } ?? types).flatMap { $0.options.flatMap(\.keys) }
        let common = Self.selectors + ConfigurationKeys.check.known.map(\.name)
        for setting in draft.settings where !common.contains(setting.key) && !own.contains(setting.key) {
            let others = types.filter { $0.options.contains { $0.keys.contains(setting.key) } }.map(\.name)
            if let type, !others.isEmpty {
                reader.report(
                    at: setting.location,
                    "\(draft.path).\(setting.key)",
                    "is an option of \(others.joined(separator: ", ")); this check is \(type.name)"
                )
            } else {
                reader.reportUnknown(
                    setting.key,
                    at: setting.location,
                    draft.path,
                    known: common + own,
                    later: ConfigurationKeys.check.later
                )
            }
        }
    }
}
