internal import ArgumentParser
internal import Configuration

/// The root of the command line.
struct Allclear: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "allclear",
        abstract: "Checks the services that an application needs, and answers for them over HTTP.",
        discussion: """
            Exit status: 0 ready, passed, valid; 1 not ready, failed; 2 bad usage or configuration; 124 the time limit was
            reached; 130, 143 ended by SIGINT, SIGTERM while waiting.
            """,
        version: "allclear \(Version.current)",
        subcommands: [
            Serve.self, Wait.self, Probe.self, Status.self, Validate.self, Explain.self, Discover.self, Render.self,
        ],
        defaultSubcommand: Serve.self
    )

    /// Commands of the contract that this version does not have.
    static let later: Set<String> = [
        "drain", "undrain", "maintenance", "simulate", "reload",
    ]
}
