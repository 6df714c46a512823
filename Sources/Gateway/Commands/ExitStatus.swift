/// How the program ends (CONTRACT section 2).
package enum ExitStatus: Int32, Sendable {
    /// Ready, passed, valid.
    case success = 0
    /// Not ready, failed.
    case failure = 1
    /// Bad usage or configuration; nothing was probed.
    case usage = 2
}
