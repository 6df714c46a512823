import Foundation
import Synchronization

/// A socket whose waits have a bound, for the far end in tests.
///
/// One thread uses it; any thread may `shutDown()`, which wakes that one. It is closed by `close()` or with its last owner.
package final class PlainSocket: Sendable {
    package let descriptor: Int32
    private let isOpen = Mutex(true)

    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close() }

    /// Connects, and throws `SystemFailure` (`ETIMEDOUT` when `bound` passes).
    package static func connect(to address: ServerAddress, within bound: Duration = .seconds(5)) throws -> PlainSocket {
        let socket = try PlainSocket(address, flags: SOCK_NONBLOCK)
        let result = try address.withAddress { Glibc.connect(socket.descriptor, $0, $1) }
        if result != 0 {
            guard errno == EINPROGRESS else { throw SystemFailure("connect to \(address)") }
            guard try socket.wait(for: POLLOUT, within: bound) else {
                throw SystemFailure("connect to \(address)", code: ETIMEDOUT)
            }
            var code: Int32 = 0
            var length = socklen_t(MemoryLayout<Int32>.size)
            getsockopt(socket.descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
            guard code == 0 else { throw SystemFailure("connect to \(address)", code: code) }
        }
        let flags = fcntl(socket.descriptor, F_GETFL)
        _ = fcntl(socket.descriptor, F_SETFL, flags & ~O_NONBLOCK)
        return socket
    }

    /// A datagram socket that sends to `address` and hears from nobody else.
    package static func datagrams(to address: ServerAddress) throws -> PlainSocket {
        let socket = try PlainSocket(address, type: SOCK_DGRAM)
        let result = try address.withAddress { Glibc.connect(socket.descriptor, $0, $1) }
        guard result == 0 else { throw SystemFailure("connect to \(address)") }
        return socket
    }

    /// A socket that has its address and does not listen yet: connecting to it is refused.
    static func bound(to address: ServerAddress, type: __socket_type = SOCK_STREAM) throws -> PlainSocket {
        let socket = try PlainSocket(address, type: type)
        var on: Int32 = 1
        if case .tcp = address, type == SOCK_STREAM {
            setsockopt(socket.descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        for attempt in 0... {
            let result = try address.withAddress { bind(socket.descriptor, $0, $1) }
            if result == 0 { break }
            // A child that has not come to `exec` yet holds a copy of whatever was open here when it was made, and so the
            // port: of the socket, closed since, that tried whether the port is free.
            guard errno == EADDRINUSE, attempt < 1_000 else { throw SystemFailure("bind \(address)") }
            usleep(1_000)
        }
        return socket
    }

    /// Takes the next connection; throws when the socket was shut down.
    func accept() throws -> PlainSocket {
        while true {
            let accepted = Glibc.accept(descriptor, nil, nil)
            if accepted >= 0 {
                _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
                return PlainSocket(descriptor: accepted)
            }
            guard errno == EINTR || errno == ECONNABORTED else { throw SystemFailure("accept") }
        }
    }

    /// Reads what there is, at least a byte; empty at the end of the stream. Throws `ETIMEDOUT` when `bound` passes.
    package func read(atMost count: Int = 65_536, within bound: Duration? = nil) throws -> [UInt8] {
        if let bound, try !wait(for: POLLIN, within: bound) { throw SystemFailure("read", code: ETIMEDOUT) }
        while true {
            var failure: Int32 = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
                let received = recv(descriptor, buffer.baseAddress, count, 0)
                failure = received < 0 ? errno : 0
                initialized = max(received, 0)
            }
            if failure == 0 { return bytes }
            guard failure == EINTR else { throw SystemFailure("read", code: failure) }
        }
    }

    /// Writes all bytes.
    package func write(_ bytes: [UInt8]) throws {
        var done = 0
        while done < bytes.count {
            let sent = bytes.withUnsafeBytes { buffer in
                send(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done, Int32(MSG_NOSIGNAL))
            }
            if sent >= 0 { done += sent } else if errno != EINTR { throw SystemFailure("write") }
        }
    }

    /// Sends the end of the stream and goes on reading.
    package func finishWriting() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

    /// Ends both directions; a thread that waits in `accept`, `read` or `write` wakes up.
    func shutDown() {
        isOpen.withLock { if $0 { _ = shutdown(descriptor, Int32(SHUT_RDWR)) } }
    }

    /// Whether it has not been closed.
    var isUsable: Bool { isOpen.withLock { $0 } }

    package func close() {
        isOpen.withLock { isOpen in
            if isOpen { Glibc.close(descriptor) }
            isOpen = false
        }
    }

    /// Closes so that the far end sees a reset, not an end of stream.
    package func reset() {
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        close()
    }

    /// Whether the socket became ready before `bound` passed.
    func wait(for events: Int32, within bound: Duration) throws -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        let end = ContinuousClock.now + bound
        while true {
            let left = max(Int32((end - .now) / .milliseconds(1)), 0)
            let count = poll(&entry, 1, left)
            if count >= 0 { return count > 0 }
            guard errno == EINTR else { throw SystemFailure("poll") }
        }
    }

    private convenience init(
        _ address: ServerAddress,
        type: __socket_type = SOCK_STREAM,
        flags: __socket_type = __socket_type(0)
    ) throws {
        let type = type.rawValue | SOCK_CLOEXEC.rawValue | flags.rawValue
        let descriptor = Glibc.socket(address.family, Int32(type), 0)
        guard descriptor >= 0 else { throw SystemFailure("socket") }
        self.init(descriptor: descriptor)
    }
}
