internal import Glibc

/// The number that a system call left behind, with its text.
struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    let number: Int32

    /// The calling thread's `errno`; read it before anything else can change it.
    static var last: SystemError { SystemError(number: errno) }

    /// The C library's text, as `Connection refused`.
    var description: String {
        // Thread-safe since glibc 2.32, which keeps the text per thread.
        String(cString: strerror(number))
    }

    /// What the number says about a connection attempt.
    var connectFailure: TransportFailure {
        let reason: TransportFailure.Reason =
            switch number {
            case ECONNREFUSED: .refused
            case ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN, EADDRNOTAVAIL, EAFNOSUPPORT: .unreachable
            case ETIMEDOUT: .timedOut
            case ECONNRESET, EPIPE: .closed
            case EACCES, EPERM: .denied
            case ENOENT: .notFound
            case EMFILE, ENFILE, ENOBUFS, ENOMEM, EAGAIN: .overloaded
            default: .unexpected
            }
        return TransportFailure(.connect, reason, description)
    }

    /// What the number says about a connection that stood.
    func brokenFailure(at stage: TransportFailure.Stage) -> TransportFailure {
        switch number {
        case ETIMEDOUT: TransportFailure(stage, .timedOut, description)
        case EHOSTUNREACH, ENETUNREACH: TransportFailure(stage, .unreachable, description)
        default: TransportFailure(stage, .closed, description)
        }
    }
}
