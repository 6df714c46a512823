// Socket addresses belong to whichever of these two modules the compiler loads first: both include the C header.
internal import CAres
internal import Glibc

/// Where a server listens, as the kernel knows it: no names.
package enum Address: Hashable, Sendable, CustomStringConvertible {
    /// Four bytes in network order.
    case ipv4([UInt8], port: UInt16)
    /// Sixteen bytes in network order; `scope` is the interface of a link-local address, else 0.
    case ipv6([UInt8], port: UInt16, scope: UInt32)
    /// A path; a leading `@` stands for the abstract name space.
    case unix(path: String)

    /// The address behind an IPv4 or IPv6 literal (the latter without brackets, a `%scope` allowed); nil for a name.
    package init?(literal: String, port: UInt16) {
        var v4 = in_addr()
        if inet_pton(AF_INET, literal, &v4) == 1 {
            self = .ipv4(withUnsafeBytes(of: v4, Array.init), port: port)
            return
        }
        let parts = literal.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        var v6 = in6_addr()
        guard inet_pton(AF_INET6, String(parts[0]), &v6) == 1 else { return nil }
        var scope: UInt32 = 0
        if parts.count == 2 {
            scope = UInt32(parts[1]) ?? if_nametoindex(String(parts[1]))
            if scope == 0 { return nil }
        }
        self = .ipv6(withUnsafeBytes(of: v6, Array.init), port: port, scope: scope)
    }

    /// The longest path of a unix socket, in bytes (unix(7)).
    package static let longestPath = 107

    /// `127.0.0.1:5432`, `[::1]:5432`, `unix:/run/x.sock`.
    package var description: String {
        switch self {
        case .ipv4(_, let port): "\(host):\(port)"
        case .ipv6(_, let port, _): "[\(host)]:\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }

    /// The address without its port, as client libraries take it; a path for a unix socket.
    package var host: String {
        switch self {
        case .ipv4(let bytes, _): text(of: bytes, AF_INET)
        case .ipv6(let bytes, _, let scope): text(of: bytes, AF_INET6) + (scope == 0 ? "" : "%\(scope)")
        case .unix(let path): path
        }
    }

    /// The same host at another port; a unix socket stays as it is.
    package func with(port: UInt16) -> Address {
        switch self {
        case .ipv4(let bytes, _): .ipv4(bytes, port: port)
        case .ipv6(let bytes, _, let scope): .ipv6(bytes, port: port, scope: scope)
        case .unix: self
        }
    }

    package var isIPv6: Bool {
        if case .ipv6 = self { true } else { false }
    }
}

extension Address {
    var family: Int32 {
        switch self {
        case .ipv4: AF_INET
        case .ipv6: AF_INET6
        case .unix: AF_UNIX
        }
    }

    /// An address as the kernel and c-ares give it, less its port; nil for a unix socket.
    init?(ip address: UnsafePointer<sockaddr>) {
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            self = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
                .ipv4(withUnsafeBytes(of: address.pointee.sin_addr, Array.init), port: 0)
            }
        case AF_INET6:
            self = address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { address in
                .ipv6(
                    withUnsafeBytes(of: address.pointee.sin6_addr, Array.init),
                    port: 0,
                    scope: address.pointee.sin6_scope_id
                )
            }
        default:
            return nil
        }
    }

    /// Lends the address as the kernel takes it.
    func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        switch self {
        case .ipv4(let bytes, let port):
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            withUnsafeMutableBytes(of: &address.sin_addr) { $0.copyBytes(from: bytes) }
            return lend(&address, body)
        case .ipv6(let bytes, let port, let scope):
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            address.sin6_scope_id = scope
            withUnsafeMutableBytes(of: &address.sin6_addr) { $0.copyBytes(from: bytes) }
            return lend(&address, body)
        case .unix(let path):
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            var bytes = Array(path.utf8.prefix(Self.longestPath))
            let isAbstract = bytes.first == UInt8(ascii: "@")
            if isAbstract { bytes[0] = 0 }
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
            // An abstract name is as long as it says; a path ends with its zero.
            let length = MemoryLayout<sa_family_t>.size + bytes.count + (isAbstract ? 0 : 1)
            return withUnsafeBytes(of: &address) {
                body($0.assumingMemoryBound(to: sockaddr.self).baseAddress!, socklen_t(length))
            }
        }
    }

    private func lend<Value, Result>(
        _ address: inout Value,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        withUnsafeBytes(of: &address) {
            body($0.assumingMemoryBound(to: sockaddr.self).baseAddress!, socklen_t($0.count))
        }
    }

    private func text(of bytes: [UInt8], _ family: Int32) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
            guard inet_ntop(family, bytes, buffer.baseAddress!, socklen_t(buffer.count)) != nil else { return "?" }
            return String(cString: buffer.baseAddress!)
        }
    }
}
