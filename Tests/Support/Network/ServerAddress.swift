import Foundation

/// Where a server listens.
package enum ServerAddress: Sendable, Hashable, CustomStringConvertible {
    /// `host` is an IP address.
    case tcp(host: String, port: UInt16)
    case unix(path: String)

    /// A port of 127.0.0.1.
    package static func loopback(_ port: UInt16) -> ServerAddress { .tcp(host: "127.0.0.1", port: port) }

    package var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }

    var family: Int32 {
        switch self {
        case .tcp(let host, _): host.contains(":") ? AF_INET6 : AF_INET
        case .unix: AF_UNIX
        }
    }

    /// Hands the address to a system call.
    func withAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) throws -> Result {
        var storage = sockaddr_storage()
        let length = try withUnsafeMutableBytes(of: &storage) { bytes in
            guard let base = bytes.baseAddress else { return 0 }
            switch self {
            case .tcp(let host, let port) where host.contains(":"):
                var address = sockaddr_in6()
                address.sin6_family = sa_family_t(AF_INET6)
                address.sin6_port = port.bigEndian
                guard inet_pton(AF_INET6, host, &address.sin6_addr) == 1 else {
                    throw SystemFailure(host, code: EINVAL)
                }
                base.storeBytes(of: address, as: sockaddr_in6.self)
                return MemoryLayout<sockaddr_in6>.size
            case .tcp(let host, let port):
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_port = port.bigEndian
                guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else { throw SystemFailure(host, code: EINVAL) }
                base.storeBytes(of: address, as: sockaddr_in.self)
                return MemoryLayout<sockaddr_in>.size
            case .unix(let path):
                guard path.utf8.count < 108 else { throw SystemFailure(path, code: ENAMETOOLONG) }
                base.storeBytes(of: sa_family_t(AF_UNIX), as: sa_family_t.self)
                bytes.baseAddress?.advanced(by: 2).copyMemory(from: Array(path.utf8), byteCount: path.utf8.count)
                return 2 + path.utf8.count + 1
            }
        }
        return withUnsafePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(length)) }
        }
    }
}
