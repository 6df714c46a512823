internal import Glibc

/// Why the server could not start: the address, the reason and what to do, on one line.
package struct ServerFailure: Error, Hashable, CustomStringConvertible {
    package let address: ListenAddress
    package let reason: Reason

    package enum Reason: Hashable, Sendable {
        case addressInUse
        case addressNotAvailable
        case permissionDenied
        case folderMissing
        case pathTooLong
        case pathTaken
        case notNumeric
        case notOpen
        case notListening
        case nameNotPassed(passed: [String])
        /// errno of a call that ought not to fail, or that failed for want of memory, threads or descriptors.
        case system(code: Int32)
    }

    package var description: String { "\(address): \(sentence)" }

    private var sentence: String {
        switch reason {
        case .addressInUse: "the address is in use by another process; stop it or listen elsewhere"
        case .addressNotAvailable: "this machine has no such address"
        case .permissionDenied:
            switch address {
            case .tcp: "permission denied; a port below 1024 needs CAP_NET_BIND_SERVICE"
            default: "permission denied; its folder must be writable for user \(getuid())"
            }
        case .folderMissing: "its folder does not exist; create it"
        case .pathTooLong: "the path of a socket has at most \(UnixSocketPath.longest) bytes"
        case .pathTaken: "a file that is no socket stands there; remove it or listen elsewhere"
        case .notNumeric: "the host must be a numeric address"
        case .notOpen: "the descriptor is not open; the parent process must pass it"
        case .notListening: "the descriptor is not a listening stream socket"
        case .nameNotPassed(let passed):
            if passed.isEmpty {
                "systemd passed no sockets to this process; start it by its socket unit"
            } else {
                "systemd passed no socket of this name but \(passed.joined(separator: ", ")); set FileDescriptorName="
            }
        case .system(let code): String(cString: strerror(code))
        }
    }
}
