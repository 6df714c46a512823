import Foundation
import TestSupport

/// A program that can be started: ours, or a rival from Debian's packages, configured for one port of 127.0.0.1.
package struct Program: Sendable {
    package let name: String
    package let port: UInt16
    /// What a client asks for to hear whether all is well.
    package let target: String
    private let path: String
    private let arguments: [String]
    private let folder: TemporaryFolder

    /// - Parameters:
    ///   - program: a name on the path, or a path.
    ///   - folder: where it works; its files stand there.
    init(
        _ name: String,
        program: String,
        arguments: [String],
        port: UInt16,
        target: String,
        in folder: TemporaryFolder
    ) throws {
        guard let path = program.hasPrefix("/") ? program : Tool.find(program) else {
            throw Failure(description: "\(program) is not installed; `.ci/setup bench` does it")
        }
        self.name = name
        self.path = path
        self.arguments = arguments
        self.port = port
        self.target = target
        self.folder = folder
    }

    /// It cannot be started, or does not answer.
    struct Failure: Error, CustomStringConvertible { let description: String }

    /// Starts it and returns at once.
    package func launch() throws -> Contender {
        Contender(self, try Executable(arguments, in: folder.path, program: path))
    }

    /// Starts it and waits until it answers with 200.
    package func start() async throws -> Contender {
        let contender = try launch()
        let asker = Asker(port: port, target: target)
        do {
            try await eventually("\(name) answers 200 to \(target)") {
                guard contender.executable.process.isRunning else {
                    throw Failure(description: "\(name) ended at once")
                }
                return asker.status() == 200
            }
        } catch {
            let lastLine = contender.executable.errorOutput.split(separator: "\n").last ?? ""
            throw Failure(description: "\(error): \(lastLine)")
        }
        return contender
    }
}
