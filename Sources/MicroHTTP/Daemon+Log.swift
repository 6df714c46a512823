internal import CMicroHTTPD
internal import Glibc

extension Daemon {
    /// The library has something to say, on its own thread.
    ///
    /// This is also the only place where one learns that it could not accept a client for want of descriptors. While it
    /// has connections it then accepts nobody until one of them is closed, however long that takes; without any it tries
    /// again at once, for ever, with two lines of log each time.
    ///
    /// So the spare descriptor is given up, and until there is one to spare again no connection outlives its answer.
    fileprivate func libraryLogged(_ line: UnsafePointer<CChar>, cause: Int32) {
        log.library(message: line)
        guard isExhaustion(cause), hasPrefix(line, "Error accepting connection") else { return }
        log.exhausted(address)
        let hadSpare = spare.release()
        if register.connections(daemon: number) > 0 {
            register.closeKept(daemon: number)
        } else if !hadSpare {
            // Nobody is connected, so this thread keeps nobody waiting but those who cannot be accepted.
            usleep(50_000)
        }
    }
}

@c @implementation
func allclear_mhd_log(
    _ context: UnsafeMutableRawPointer?,
    _ line: UnsafePointer<CChar>?,
    _ cause: Int32
) {
    guard let context, let line else { return }
    Unmanaged<Daemon>.fromOpaque(context).takeUnretainedValue().libraryLogged(line, cause: cause)
}

/// As libmicrohttpd understands it.
private func isExhaustion(_ cause: Int32) -> Bool {
    switch cause {
    case EMFILE, ENFILE, ENOMEM, ENOBUFS: true
    default: false
    }
}

private func hasPrefix(_ line: UnsafePointer<CChar>, _ prefix: StaticString) -> Bool {
    strncmp(line, prefix.cString, prefix.utf8CodeUnitCount) == 0
}
