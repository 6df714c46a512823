import Foundation

/// A run of the `allclear` program that was built with the tests, with what it printed and how it ended.
///
/// Its environment is empty but for `PATH` and what the test gives. The last owner's end kills it.
package final class Executable: Sendable {
    package let process: ChildProcess
    private let folder: TemporaryFolder

    /// Starts the program, by default in the folder `/` with nothing on its standard input.
    package init(
        _ arguments: [String],
        environment: [String: String] = [:],
        in workingFolder: String = "/",
        input: String = "",
        program: String? = nil
    ) throws {
        folder = try TemporaryFolder("run")
        try folder.write(input, to: "in")
        var variables = ["PATH": Tool.path]
        // What the sanitizer has to be told of (.ci/mutex-order.c) goes for the child too.
        for name in ["LD_PRELOAD", "LLVM_PROFILE_FILE"] {
            if let value = ProcessInfo.processInfo.environment[name] { variables[name] = value }
        }
        process = try ChildProcess(
            [try program ?? Self.path()] + arguments,
            environment: variables.merging(environment) { $1 },
            folder: workingFolder,
            streams: .init(
                input: .file(folder.file("in")),
                output: .file(folder.file("out")),
                error: .file(folder.file("err"))
            )
        )
    }

    /// What it has printed so far.
    package var output: String { folder.read("out") }

    /// What it has printed to standard error so far.
    package var errorOutput: String { folder.read("err") }

    package func send(signal: Int32) { process.send(signal: signal) }

    /// Asks it to end (SIGTERM), kills it after `grace`, and removes what it printed; again is harmless.
    package func stop(grace: Duration = .seconds(7)) {
        process.send(signal: SIGTERM)
        if (try? process.waitBlockingForEnd(within: grace)) == nil { process.send(signal: SIGKILL) }
        _ = try? process.waitBlockingForEnd(within: .seconds(2))
        folder.remove()
    }

    /// Waits for its end; throws with its words when it still runs after `bound`.
    @discardableResult
    package func waitForEnd(within bound: Duration = .seconds(30)) async throws -> ChildProcess.End {
        do {
            return try await process.waitForEnd(within: bound)
        } catch { throw WaitTimedOut("end of allclear", within: bound, detail: errorOutput + output) }
    }

    /// Waits for a line, of either stream, that contains `words`, and returns it; throws at once when it ends without.
    @discardableResult
    package func waitForLine(containing words: String, within bound: Duration = .seconds(30)) async throws -> String {
        let find = { [self] in
            (errorOutput + output).split(separator: "\n").first { $0.contains(words) }.map(String.init)
        }
        return try await eventualValue("a line with '\(words)'", within: bound) {
            if let line = find() { return line }
            guard let end = process.outcome else { return nil }
            if let line = find() { return line }
            throw ServerFailure("allclear ended (\(end)) without a line with '\(words)'", log: errorOutput + output)
        }
    }

    /// Runs the program to its end.
    package static func run(
        _ arguments: [String],
        environment: [String: String] = [:],
        input: String = "",
        within bound: Duration = .seconds(30)
    ) async throws -> (end: ChildProcess.End, output: String, errorOutput: String) {
        let run = try Executable(arguments, environment: environment, input: input)
        let end = try await run.waitForEnd(within: bound)
        return (end, run.output, run.errorOutput)
    }

    /// Puts a copy of the built program where others may run it, as the build folder may be closed to them.
    ///
    /// By a process of its own: a program that this one has open for writing, or a child that it is just starting, cannot
    /// be run (ETXTBSY).
    package static func copy(to path: String) async throws {
        try await Tool.run(["cp", Self.path(), path])
    }

    /// Whether the program runs under the thread sanitizer (`make test SANITIZE=thread`), whose memory is not the program's.
    package static var isSanitized: Bool { ProcessInfo.processInfo.environment["LD_PRELOAD"] != nil }

    /// The built program: it stands beside the program that runs now, the tests' or the playground.
    package static func path() throws -> String {
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let path = own.deletingLastPathComponent().appendingPathComponent("allclear").path
        guard access(path, X_OK) == 0 else {
            throw ServerFailure("\(path) is not there; `swift build` makes it", log: "")
        }
        return path
    }
}
