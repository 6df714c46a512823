/// What a protocol says of itself, so that the loader, the schema and the documentation know it without importing it.
package struct CheckType: Sendable {
    /// The key that chooses a kind of check; a check has exactly one of them.
    package enum Selector: String, CaseIterable, Sendable {
        case url
        case command
        case file
    }

    /// For people and in messages, as `postgres`.
    package let name: String
    package let selector: Selector
    /// The URL schemes it answers to, the usual one first; empty unless ``selector`` is `url`.
    package let schemes: [URLScheme]
    /// Whether the items of a URL's query are options (`postgres://…?sslmode=…`); else the query belongs to the request.
    package let queryNamesOptions: Bool
    /// Query items seen in the wild that are accepted and mean nothing here, as `application_name`.
    package let ignoredParameters: [String]
    /// Whether `scheme://word@host` names a password and no user, as Redis clients read it.
    package let loneUserIsPassword: Bool
    /// Whether a URL may name several servers, separated by commas, of which any is enough.
    package let takesSeveralHosts: Bool
    /// What it takes besides the options that every check takes.
    package let options: [OptionSpec]
    /// What gates may ask of its checks besides that they pass; nil for nothing.
    package let observables: Observables?
    /// The shortest period that does no harm to the server, given the options of a check.
    package let lowestPeriod: @Sendable ([CheckDefinition.Option]) -> Duration
    /// Whether a connection is kept between probes, given the options of a check.
    package let holding: @Sendable ([CheckDefinition.Option]) -> Holding
    /// One line for the documentation.
    package let summary: String
    /// What only the protocol itself can judge, asked once a definition is otherwise valid.
    ///
    /// Made with ``CheckDefinition/diagnostic(_:option:_:)``, so that each has its place in the file.
    package let validate: @Sendable (CheckDefinition) -> [Diagnostic]

    /// Whether checks keep a connection between probes.
    package enum Holding: Hashable, Sendable {
        /// Unless they say `hold: false`.
        case usually
        /// Where they say `hold: true`.
        case onRequest
        /// There is none to keep, or it would tell lies.
        case never
    }

    /// The shortest period of any check.
    package static let lowestPeriod = Duration.milliseconds(100)

    package init(
        name: String,
        selector: Selector = .url,
        schemes: [URLScheme] = [],
        queryNamesOptions: Bool = false,
        ignoredParameters: [String] = [],
        loneUserIsPassword: Bool = false,
        takesSeveralHosts: Bool = false,
        options: [OptionSpec] = [],
        observables: Observables? = nil,
        lowestPeriod: @escaping @Sendable ([CheckDefinition.Option]) -> Duration = { _ in Self.lowestPeriod },
        holding: @escaping @Sendable ([CheckDefinition.Option]) -> Holding = { _ in .never },
        summary: String,
        validate: @escaping @Sendable (CheckDefinition) -> [Diagnostic] = { _ in [] }
    ) {
        self.name = name
        self.selector = selector
        self.schemes = schemes
        self.queryNamesOptions = queryNamesOptions
        self.ignoredParameters = ignoredParameters
        self.loneUserIsPassword = loneUserIsPassword
        self.takesSeveralHosts = takesSeveralHosts
        self.options = options
        self.observables = observables
        self.lowestPeriod = lowestPeriod
        self.holding = holding
        self.summary = summary
        self.validate = validate
    }
}
