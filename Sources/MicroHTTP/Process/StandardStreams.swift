internal import Glibc

/// Standard input, output and error of the process.
package enum StandardStreams {
    /// Opens `/dev/null` on each of descriptors 0 to 2 that the process was started without.
    ///
    /// Otherwise the next socket would get the number, and a line for the log would go to a client. Call it before
    /// anything else is opened.
    package static func ensureOpen() {
        // open(2) gives the lowest free number, so going upwards fills exactly the gaps.
        for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
            // Where there is no /dev, what can be neither read nor written at least holds the number.
            // A program that takes our place finds it closed as we did.
            if open("/dev/null", O_RDWR | O_CLOEXEC) < 0 { _ = open("/", O_RDONLY | O_CLOEXEC) }
        }
    }
}
