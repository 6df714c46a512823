/// What the command line of `serve`, `validate` or `explain` says, as it was typed; the loader judges it.
package struct CommandLineOptions: Sendable {
    package var config: String?
    /// `--listen`, in order.
    package var listen: [String]
    /// `--check [NAME=]URL`, in order.
    package var checks: [String]
    package var logLevel: String?
    package var logFormat: String?
    package var admin: String?
    package var discover: String?

    package init(
        config: String? = nil,
        listen: [String] = [],
        checks: [String] = [],
        logLevel: String? = nil,
        logFormat: String? = nil,
        admin: String? = nil,
        discover: String? = nil
    ) {
        self.config = config
        self.listen = listen
        self.checks = checks
        self.logLevel = logLevel
        self.logFormat = logFormat
        self.admin = admin
        self.discover = discover
    }
}
