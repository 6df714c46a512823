package import TestSupport

/// A program that runs.
package final class Contender: Sendable {
    package let program: Program
    package let executable: Executable

    init(_ program: Program, _ executable: Executable) {
        self.program = program
        self.executable = executable
    }

    deinit { stop() }

    package var name: String { program.name }
    package var process: Int32 { executable.process.processIdentifier }
    package var figures: ProcessFigures { ProcessFigures(of: process) }
    package var processorTime: Duration { ProcessFigures.processorTime(ofFamily: process) }

    /// Ends it, in 50 ms at most; again is harmless.
    package func stop() { executable.stop(grace: .milliseconds(50)) }
}
