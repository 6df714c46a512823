/// Where the server is to be reached, as an operator writes it after `listen:` (CONTRACT section 3).
package enum ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// `host` is a numeric IPv4 or IPv6 address without brackets; nil is every address, IPv4 and, where there is one,
    /// IPv6. Port 0 takes a free one.
    case tcp(host: String?, port: UInt16)

    /// A stream socket in the file system, made with exactly these permission bits. The file of a process that has died
    /// is replaced, and the file is removed when the server stops listening.
    case unix(path: String, mode: UInt16)

    /// A listening socket that the parent process left open. It stays the parent's: never shut down, never closed.
    case inherited(descriptor: Int32)

    /// The listening sockets that systemd passed under this name (sd_listen_fds(3), `FileDescriptorName=`).
    case systemd(name: String)

    /// The spelling of the configuration, less options: `:8484`, `[::1]:8484`, `unix:/run/a.sock`, `fd:3`, `systemd:web`.
    package var description: String {
        switch self {
        case .tcp(let host?, let port): host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .tcp(nil, let port): ":\(port)"
        case .unix(let path, _): "unix:\(path)"
        case .inherited(let descriptor): "fd:\(descriptor)"
        case .systemd(let name): "systemd:\(name)"
        }
    }
}
