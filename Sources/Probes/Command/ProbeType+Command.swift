internal import Configuration

extension ProbeType {
    /// `command:` runs a program.
    static let command = ProbeType(
        CheckType(
            name: "command",
            selector: .command,
            options: [
                OptionSpec(
                    "env",
                    .textMap,
                    "the program's environment; it gets nothing else, not even PATH",
                    default: "empty"
                )
            ],
            summary: "a program ends with status 0; it runs without a shell, in /, and is killed with all it started",
            validate: diagnostics
        ),
        component: .component
    ) { definition, network in
        CommandProbe(words: definition.command, environment: definition.textMap("env") ?? [], network: network)
    }

    private static func diagnostics(_ definition: CheckDefinition) -> [Diagnostic] {
        var found: [Diagnostic] = []
        if definition.command.contains(where: { $0.utf8.contains(0) }) {
            found.append(definition.diagnostic(.error, "no word of a command may hold a zero byte"))
        }
        for variable in definition.textMap("env") ?? [] {
            if variable.name.isEmpty || variable.name.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "=") }) {
                let message = "'\(variable.name)' is no name of a variable"
                found.append(definition.diagnostic(.error, option: "env", message))
            }
        }
        return found
    }
}
