/// How the program ends (CONTRACT section 2).
package enum ExitStatus: Int32, Sendable {
    /// Ready, passed, valid.
    case success = 0
    /// Not ready, failed.
    case failure = 1
    /// Bad usage or configuration; nothing was probed.
    case usage = 2
    /// `wait`: a failure has stood that waiting will not mend.
    case gaveUp = 3
    /// ``gaveUp``, where it could be taken for COMMAND's own status.
    case gaveUpBeforeCommand = 123
    /// The time limit was reached.
    case timedOut = 124
    /// ``usage``, where it could be taken for COMMAND's own status.
    case usageBeforeCommand = 125
    /// COMMAND could not be run.
    case commandNotRun = 126
    case commandNotFound = 127
    /// Ended by SIGINT while waiting.
    case interrupted = 130
    /// Ended by SIGTERM while waiting.
    case terminated = 143
}
