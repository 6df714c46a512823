internal import Glibc

extension ListeningSocket {
    static func openTCP(host: String?, port: UInt16) throws(ServerFailure) -> ListeningSocket {
        do throws(Errno) {
            if host != nil { return try listenTCP(host: host, port: port, family: AF_UNSPEC) }
            do throws(Errno) {
                return try listenTCP(host: nil, port: port, family: AF_INET6)
            } catch  where error.code == EAFNOSUPPORT || error.code == EADDRNOTAVAIL {
                // No IPv6 in this kernel, or none in this container (net.ipv6.conf.all.disable_ipv6).
                return try listenTCP(host: nil, port: port, family: AF_INET)
            }
        } catch {
            throw ServerFailure(address: .tcp(host: host, port: port), reason: reason(error))
        }
    }

    private static func reason(_ error: Errno) -> ServerFailure.Reason {
        switch error.code {
        case EADDRINUSE: .addressInUse
        case EADDRNOTAVAIL, EAFNOSUPPORT: .addressNotAvailable
        case EACCES, EPERM: .permissionDenied
        case EINVAL: .notNumeric
        default: .system(code: error.code)
        }
    }

    private static func listenTCP(host: String?, port: UInt16, family: Int32) throws(Errno) -> ListeningSocket {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE
        hints.ai_family = family
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0, let found else { throw Errno(code: EINVAL) }
        defer { freeaddrinfo(found) }

        let kind = found.pointee.ai_socktype | Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(found.pointee.ai_family, kind, found.pointee.ai_protocol)
        guard descriptor >= 0 else { throw .last }
        // Otherwise a restart fails for as long as the old connections are in TIME_WAIT.
        set(SO_REUSEADDR, level: SOL_SOCKET, of: descriptor, to: 1)
        if found.pointee.ai_family == AF_INET6 {
            // `[::]:8484` beside `0.0.0.0:8484` must be possible; only `:8484` means both.
            set(IPV6_V6ONLY, level: Int32(IPPROTO_IPV6), of: descriptor, to: host == nil ? 0 : 1)
        }
        guard bind(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0, listen(descriptor, SOMAXCONN) == 0
        else {
            let error = Errno.last
            close(descriptor)
            throw error
        }
        let address = ListenAddress.tcp(host: host, port: boundPort(of: descriptor))
        return ListeningSocket(descriptor: descriptor, address: address, owner: .ours(file: nil))
    }
}

private func set(_ option: Int32, level: Int32, of descriptor: Int32, to value: Int32) {
    var value = value
    setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
}

private func boundPort(of descriptor: Int32) -> UInt16 {
    // The port stands at the same place in sockaddr_in and sockaddr_in6.
    var address = sockaddr_in6()
    var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let status = withUnsafeMutableBytes(of: &address) {
        getsockname(descriptor, $0.assumingMemoryBound(to: sockaddr.self).baseAddress, &size)
    }
    return status == 0 ? UInt16(bigEndian: address.sin6_port) : 0
}
