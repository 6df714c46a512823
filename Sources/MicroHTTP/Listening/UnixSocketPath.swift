internal import Glibc

/// The address form of unix sockets (unix(7)).
enum UnixSocketPath {
    /// Bytes of a path: sun_path less its final NUL.
    static let longest = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    /// `path` must not be longer than ``longest``.
    static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        precondition(path.utf8.count <= longest, "a socket's path does not fit its address")
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafeBytes(of: &address) { bytes in
            guard let start = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress else { return -1 }
            return body(start, socklen_t(bytes.count))
        }
    }
}
