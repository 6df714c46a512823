internal import ArgumentParser
internal import Gateway

struct Render: GatewayCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a template with ${NAME} replaced, for servers that cannot read their environment.",
        discussion: """
            ${NAME}, ${NAME:-default}, ${NAME:?message}; $$ is a dollar sign; $NAME and $1 are left alone. Where NAME_FILE names \
            a file, that is read instead. Whatever is unset or malformed is told with line and column, and nothing is written.
            """
    )

    @Argument(help: "The file, or - for standard input.")
    var template: String

    @Option(
        help: ArgumentHelp("Write this file, as a whole or not at all (default: standard output).", valueName: "file")
    )
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Replace these variables alone, separated by commas; may repeat. Any other ${ and $$ stay as they are.",
            valueName: "names"
        )
    )
    var only: [String] = []

    func run(in surroundings: Surroundings) -> ExitStatus {
        surroundings.render(template, to: output, only: only)
    }
}
