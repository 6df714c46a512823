package import Health

/// One check as configured: what to ask, how often, and with which options.
package struct CheckDefinition: Sendable {
    /// What is asked.
    package enum Target: Hashable, Sendable {
        case url(ServiceURL)
        /// The program, an absolute path, and its arguments.
        case command([String])
        /// An absolute path.
        case file(String)
    }

    package let name: CheckName
    package let type: CheckType
    package private(set) var target: Target
    package private(set) var policy: CheckPolicy
    /// The options of ``type`` that were given, in the order of ``CheckType/options``.
    package let options: [Option]
    /// What gates ask of it, so that every probe must look at it, whatever the options say.
    package private(set) var observed: Set<Observable> = []
    /// Where the target was given.
    package let location: SourceLocation
    /// What is asked, for people and without secrets: placeholders stand as they were written.
    package let targetDescription: String
    /// Where it all came from, for the line at start: `allclear.yaml:12`, `ALLCLEAR_CHECK_DB`, `--check`.
    package let origin: String
    /// Where the options of ``policy`` were given; those that hold by default are absent.
    let policyLocations: [String: SourceLocation]

    /// An option that was given.
    package struct Option: Sendable {
        package let name: String
        package let value: OptionValue
        /// The value for people, without secrets: placeholders stand as they were written.
        package let shown: String
        package let location: SourceLocation
    }
}

extension CheckDefinition {
    /// Where a key of this check was given; the check's own place for one that was not.
    package func location(of key: String) -> SourceLocation {
        options.first { $0.name == key }?.location ?? policyLocations[key] ?? location
    }

    /// A message about this check, or about one of its keys, at the place where that was given.
    package func diagnostic(_ severity: Diagnostic.Severity, option: String? = nil, _ message: String) -> Diagnostic {
        let path = ["checks", name.description, option].compactMap(\.self).joined(separator: ".")
        return Diagnostic(severity, at: option.map(location(of:)) ?? location, path: path, message)
    }

    /// The URL of a check whose type is asked by one; like its siblings it traps for other types.
    package var url: ServiceURL {
        guard case .url(let url) = target else { preconditionFailure("\(type.name) is asked by no URL") }
        return url
    }

    /// The same check of each server that its URL names; for most, itself alone.
    package var ofEachServer: [CheckDefinition] {
        guard case .url(let url) = target else { return [self] }
        return url.servers.map { server in
            var definition = self
            definition.target = .url(server)
            return definition
        }
    }

    /// The program and its arguments.
    package var command: [String] {
        guard case .command(let words) = target else { preconditionFailure("\(type.name) is asked by no command") }
        return words
    }

    package var file: String {
        guard case .file(let path) = target else { preconditionFailure("\(type.name) is asked by no file") }
        return path
    }

    /// Whether it asks something on this machine, which may well start after the gateway.
    package var isLocalService: Bool {
        switch target {
        case .url(let url): url.isLocal
        case .command: true
        case .file: false
        }
    }
}

extension CheckDefinition {
    /// Gives a single probe so much time, whatever the period.
    mutating func allow(timeout: Duration) {
        policy.timeout = timeout
        policy.period = max(policy.period, timeout)
    }

    /// Has every probe look at what the conditions of gates ask for.
    mutating func observe(_ conditions: [GateCondition]) {
        if conditions.contains(where: { $0.role != nil }) { observed.insert(.role) }
        if conditions.contains(where: { $0.maxLag != nil }) { observed.insert(.lag) }
    }

    /// The password: the option of that name, where the type declares it, else that of the URL.
    package var password: SecretSource? {
        if let source = options.first(where: { $0.name == "password" })?.value.secret { return source }
        guard case .url(let url) = target else { return nil }
        return url.password
    }
}
