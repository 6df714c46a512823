internal import Glibc

/// Writes bytes to the end, however often the descriptor takes only a part of them; blocks.
///
/// - Returns: 0, or the `errno` for which the rest is lost, because the reader is gone or the disk is full.
@discardableResult
func writeAll(_ bytes: some Sequence<UInt8>, to descriptor: Int32) -> Int32 {
    var bytes = ArraySlice(bytes)
    while !bytes.isEmpty {
        let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress!, $0.count) }
        if count > 0 {
            bytes = bytes.dropFirst(count)
        } else if errno == EAGAIN {
            // Somebody else made the descriptor non-blocking.
            var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            poll(&wait, 1, -1)
        } else if errno != EINTR {
            return errno
        }
    }
    return 0
}
