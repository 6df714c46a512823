/// The keys that the file may hold besides checks' own: one list for the loader and for the schema.
enum ConfigurationKeys {
    /// Keys of one mapping.
    struct Table: Sendable {
        let known: [OptionSpec]
        /// Keys that the contract describes and a later release knows, with the start of a sentence: "… not built in yet".
        let later: [String: String]

        init(_ known: [OptionSpec], later: [String: String] = [:]) {
            self.known = known
            self.later = later
        }
    }

    /// The parts of the file, each with what it is for.
    static let parts: [(name: String, summary: String)] = [
        ("listen", "Where to answer; by default port 8484 of all addresses."),
        ("service", "What the answers say of the service that the gateway stands for."),
        ("hosts", "Names under which people may open the pages."),
        ("drain", "How the gateway leaves after SIGTERM."),
        ("limits", "What readers may use up."),
        ("defaults", "What holds for every check that does not say otherwise."),
        ("checks", "The services that the application needs, by name."),
        ("gates", "Named questions over checks; `ready`, `startup` and `healthz` are always there."),
    ]

    static let laterParts = ["admin": "the admin socket is"]

    static let listener = Table(
        [
            OptionSpec(
                "address",
                .text,
                "PORT, :PORT, HOST:PORT, [v6]:PORT, unix:PATH?mode=0660, fd:3 or systemd:NAME."
            ),
            OptionSpec(
                "detail",
                .choice(Listener.Detail.allCases.map(\.rawValue)),
                "How much a reader is told.",
                default: "summary"
            ),
        ],
        later: ["tls": "TLS on listeners is", "token": "a bearer token for listeners is"]
    )

    static let service = Table([
        OptionSpec("name", .text, "Shown as serviceId."),
        OptionSpec("version", .text, "Shown as version."),
        OptionSpec("release", .text, "Shown as releaseId."),
        OptionSpec("description", .text, "Shown as description."),
    ])

    static let drain = Table([
        OptionSpec("delay", .duration, "Serving goes on for this long after SIGTERM.", default: "1s"),
        OptionSpec("timeout", .duration, "Everything is over this long after the signal.", default: "5s"),
    ])

    static let limits = Table([
        OptionSpec("connections", .integer(16...65_536), "Connections of readers at a time.", default: "1024"),
        OptionSpec(
            "waiters",
            .integer(0...65_536),
            "Answers that are held back at a time; at most three quarters of the connections.",
            default: "256"
        ),
        OptionSpec("wait", .duration, "The longest that an answer is held back.", default: "300s"),
    ])

    /// What `defaults` holds: the pace of checks.
    static let defaults = Table([
        OptionSpec("period", .duration, "Between the starts of two probes while the check passes.", default: "5s"),
        OptionSpec("timeout", .duration, "For one whole probe; not longer than period.", default: "1s"),
        OptionSpec("initialDelay", .duration, "Before the first probe.", default: "0s"),
        OptionSpec("successThreshold", .integer(1...1000), "Passes in a row that make the check pass.", default: "1"),
        OptionSpec("failureThreshold", .integer(1...1000), "Failures in a row that make the check fail.", default: "2"),
        OptionSpec(
            "jitter",
            .percentage(0...50),
            "The part of a period by which a probe may come early.",
            default: "10%"
        ),
    ])

    /// What every check takes besides `url`, `command` or `file`.
    static let check = Table(
        [OptionSpec("required", .boolean, "Whether its failure closes the gates that list it.", default: "true")]
            + defaults.known + [
                OptionSpec(
                    "hold",
                    .boolean,
                    "Keeps one connection between probes, to hear of a death at once.",
                    default: "true where the protocol allows it"
                ),
                OptionSpec(
                    "canary",
                    .duration,
                    "How often a check that holds a connection logs in on a fresh one.",
                    default: "30s"
                ),
                OptionSpec("warnAfter", .duration, "A pass slower than this is a warning."),
                OptionSpec(
                    "stableFor",
                    .duration,
                    "Passed without a break for this long before it counts.",
                    default: "0s"
                ),
                OptionSpec(
                    "tolerate",
                    .duration,
                    "Keeps its gates open this long after the first failure.",
                    default: "0s"
                ),
            ]
    )

    /// How many of some entries must be open.
    static let quorum = Table([
        OptionSpec("all", .textList, "All of these must be open."),
        OptionSpec("any", .textList, "One of these must be open."),
        OptionSpec("atLeast", .integer(1...1000), "So many of `of` must be open."),
        OptionSpec("of", .textList, "What `atLeast` counts."),
    ])

    static let gateEntry = Table([
        OptionSpec("check", .text, "The name of a check."),
        OptionSpec("required", .boolean, "Overrides the check's own `required` in this gate."),
        OptionSpec("role", .text, "What the server must be, in the words of the check's own `role`."),
        OptionSpec("maxLag", .duration, "How far a replica may be behind, as the check's own `maxLag` reckons it."),
    ])

    /// A gate that is a mapping: a quorum, or the one entry of a gate that is the face of a check.
    static let gate = Table(quorum.known + gateEntry.known)
}
