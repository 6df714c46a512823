/// The built program as `serve`, on a free port, with one check that the test controls.
package final class RunningGateway: Sendable {
    package let executable: Executable
    package let port: UInt16
    package let client: SimpleHTTPClient

    /// Starts `serve` by way of another program, if one is given, and waits until it listens.
    ///
    /// - Parameters:
    ///   - checks: as `--check` takes them.
    ///   - wrapper: a command line that runs what follows it, as `prlimit --nofile=64`.
    ///   - program: the program as the wrapper finds it, by default the one that was built with the tests.
    package init(
        checks: [String],
        options: [String] = [],
        environment: [String: String] = [:],
        wrapper: [String] = [],
        program: String? = nil
    ) async throws {
        port = FreePort.find()
        client = SimpleHTTPClient(port: port)
        let arguments = ["serve", "--listen", "127.0.0.1:\(port)"] + checks.flatMap { ["--check", $0] } + options
        guard let tool = wrapper.first else {
            executable = try Executable(arguments, environment: environment, program: program)
            try await executable.waitForLine(containing: "listening")
            return
        }
        let words = wrapper.dropFirst() + [try program ?? Executable.path()] + arguments
        executable = try Executable(Array(words), environment: environment, program: Tool.find(tool) ?? tool)
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
