/// The program as `serve`, on a free port of 127.0.0.1.
package final class RunningGateway: Sendable {
    package let executable: Executable
    package let port: UInt16
    package let client: SimpleHTTPClient

    /// Starts `serve` with checks as `--check` takes them; else as the other initialiser.
    package convenience init(
        checks: [String],
        options: [String] = [],
        environment: [String: String] = [:],
        wrapper: [String] = [],
        program: String? = nil
    ) async throws {
        try await self.init(
            arguments: ["serve"] + checks.flatMap { ["--check", $0] } + options,
            environment: environment,
            wrapper: wrapper,
            program: program
        )
    }

    /// Starts the program, by way of another if one is given, and waits until it listens.
    ///
    /// - Parameters:
    ///   - arguments: those of `serve`; where to listen is added.
    ///   - wrapper: a command line that runs what follows it, as `prlimit --nofile=64`.
    ///   - program: the program as the wrapper finds it, by default the one that was built with the tests.
    package init(
        arguments: [String],
        environment: [String: String] = [:],
        wrapper: [String] = [],
        program: String? = nil
    ) async throws {
        port = FreePort.find()
        client = SimpleHTTPClient(port: port)
        let command = wrapper + [try program ?? Executable.path()] + arguments + ["--listen", "127.0.0.1:\(port)"]
        executable = try Executable(
            Array(command.dropFirst()),
            environment: environment,
            program: Tool.find(command[0]) ?? command[0]
        )
        try await executable.waitForLine(containing: "listening")
    }

    /// Waits until a gate answers with a status.
    package func waitForStatus(_ status: Int, on path: String = "/ready") async throws {
        try await eventually("\(status) on \(path)") { try await self.status(of: path) == status }
    }

    /// On a connection of its own: a gateway that stops closes those it has.
    package func status(of path: String) async throws -> Int {
        try await SimpleHTTPClient(port: port).get(path).status
    }
}
