/// A program to run: no shell, no environment but this one.
package struct Command: Sendable {
    /// The program's absolute path and its arguments.
    package let words: [String]
    /// `NAME=value` each; may hold secrets.
    package let environment: [String]

    package init(_ words: [String], environment: [String] = []) {
        precondition(words.first?.hasPrefix("/") == true, "a command begins with an absolute path")
        self.words = words
        self.environment = environment
    }

    /// What became of a run.
    package struct Result: Hashable, Sendable {
        package enum Ending: Hashable, Sendable {
            case exited(status: Int32)
            case signalled(Int32)
        }

        package let ending: Ending
        /// The beginning of what it wrote to stdout and stderr, ``Command/mostOutput`` bytes at most.
        package let output: [UInt8]
    }

    /// How much of the output is kept, in bytes.
    package static let mostOutput = 4096
    /// How much output is taken at all, in bytes; a program that writes more is killed.
    package static let endlessOutput = 1_048_576
}
