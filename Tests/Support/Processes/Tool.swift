import Foundation

/// A command-line tool that is run to its end, for what it prints.
package enum Tool {
    /// What a tool printed, and how it ended.
    package struct Result: Sendable {
        package var end: ChildProcess.End
        package var output: String
        package var error: String
    }

    /// A tool that did not end with 0.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Where tools are looked for; Debian's servers stand in sbin, which is not on an ordinary user's path.
    package static let path: String = {
        let inherited = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return "\(inherited):/usr/local/sbin:/usr/sbin:/sbin"
    }()

    /// The path of a tool, nil where it is not installed.
    package static func find(_ name: String) -> String? {
        path.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    /// Runs a tool on a thread of its own and returns what it printed; throws `Failure` unless it ends with 0.
    @discardableResult
    package static func run(_ command: [String], input: String = "", within bound: Duration = .seconds(30)) async throws
        -> String
    {
        try await onThread { try runBlocking(command, input: input, within: bound) }
    }

    /// Runs a tool by name or path, on the calling thread.
    @discardableResult
    static func runBlocking(
        _ command: [String],
        as account: Account = .current,
        environment: [String: String] = [:],
        input: String = "",
        within bound: Duration = .seconds(30)
    ) throws -> String {
        let folder = try TemporaryFolder("command")
        guard let program = command[0].hasPrefix("/") ? command[0] : find(command[0]) else {
            throw Failure(description: "\(command[0]) is not installed")
        }
        try folder.write(input, to: "in")
        let child = try ChildProcess(
            account.command([program] + command.dropFirst()),
            environment: ["PATH": path, "LC_ALL": "C.UTF-8"].merging(environment) { $1 },
            folder: "/",
            streams: .init(
                input: .file(folder.file("in")),
                output: .file(folder.file("out")),
                error: .file(folder.file("err"))
            )
        )
        let end = try child.waitBlockingForEnd(within: bound)
        guard end == .exited(0) else {
            let said = folder.read("err") + folder.read("out")
            throw Failure(description: "\(command.joined(separator: " ")): \(end)\n\(said)")
        }
        return folder.read("out")
    }
}
