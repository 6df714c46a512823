internal import ArgumentParser
internal import Gateway
internal import Glibc

/// The program: reads the command line, runs one command, ends with its status.
@main
struct Program {
    static func main() {
        let surroundings = Surroundings.ofThisProcess()
        // Swift reads it from /proc/self/cmdline. Without, `probe` or `status` would be taken for `serve`.
        guard !CommandLine.arguments.isEmpty else {
            surroundings.complain("allclear: error: the command line cannot be read: mount /proc")
            exit(ExitStatus.usage.rawValue)
        }
        exit(run(Array(CommandLine.arguments.dropFirst()), in: surroundings).rawValue)
    }

    private static func run(_ arguments: [String], in surroundings: Surroundings) -> ExitStatus {
        if let name = arguments.first, Allclear.later.contains(name) {
            surroundings.complain("allclear: error: \(name) is not built in yet")
            return .usage
        }
        do {
            let command = try Allclear.parseAsRoot(arguments)
            guard let command = command as? any GatewayCommand else {
                var command = command
                try command.run()
                return .success
            }
            return command.run(in: surroundings)
        } catch {
            let status = report(error, in: surroundings)
            // With a COMMAND, ours must not be taken for its own (CONTRACT section 2).
            let hasCommand = arguments.first == Wait.configuration.commandName && surroundings.commandLength > 0
            return status == .usage && hasCommand ? .usageBeforeCommand : status
        }
    }

    /// Help and version are results; everything else is a usage error, whose status is ours, not the parser's.
    private static func report(_ error: any Error, in surroundings: Surroundings) -> ExitStatus {
        let message = Allclear.fullMessage(for: error)
        guard Allclear.exitCode(for: error) == .success else {
            surroundings.complain(message)
            return .usage
        }
        surroundings.print(message)
        return .success
    }
}
