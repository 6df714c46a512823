import TestSupport

/// The built program as `serve`, on a free port, with one check that the test controls.
final class RunningGateway: Sendable {
    let executable: Executable
    let port: UInt16
    let client: SimpleHTTPClient

    /// Starts `serve` by way of another program, if one is given, and waits until it listens.
    ///
    /// - Parameters:
    ///   - checks: as `--check` takes them.
    ///   - wrapper: a command line that runs what follows it, as `prlimit --nofile=64`.
    init(
        checks: [String],
        options: [String] = [],
        environment: [String: String] = [:],
        wrapper: [String] = []
    ) async throws {
        port = FreePort.find()
        client = SimpleHTTPClient(port: port)
        let arguments = ["serve", "--listen", "127.0.0.1:\(port)"] + checks.flatMap { ["--check", $0] } + options
        guard let tool = wrapper.first else {
            executable = try Executable(arguments, environment: environment)
            try await executable.waitForLine(containing: "listening")
            return
        }
        guard let program = Tool.find(tool) else { throw MissingTool(name: tool) }
        let words = wrapper.dropFirst() + [try Executable.path()] + arguments
        executable = try Executable(Array(words), environment: environment, program: program)
        try await executable.waitForLine(containing: "listening")
    }

    /// Waits until a gate answers with a status.
    func waitForStatus(_ status: Int, on path: String = "/ready") async throws {
        try await eventually("\(status) on \(path)") { try await self.status(of: path) == status }
    }

    /// On a connection of its own: a gateway that stops closes those it has.
    func status(of path: String) async throws -> Int {
        try await SimpleHTTPClient(port: port).get(path).status
    }
}

struct MissingTool: Error {
    let name: String
}
