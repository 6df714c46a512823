/// `allclear status`: asks a running gateway.
package struct StatusCommand: Sendable {
    private let name: String
    private let address: String?
    private let format: OutputFormat
    private let surroundings: Surroundings

    package init(name: String, address: String?, format: OutputFormat, in surroundings: Surroundings) {
        self.name = name
        self.address = address
        self.format = format
        self.surroundings = surroundings
    }

    package func run() -> ExitStatus {
        .failure
    }
}
