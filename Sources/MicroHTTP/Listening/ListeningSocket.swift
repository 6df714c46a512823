internal import Glibc

/// A socket that clients connect to, and its owner's duties at the end.
final class ListeningSocket: Sendable {
    let descriptor: Int32

    /// As it was asked for, with the port that was really taken.
    let address: ListenAddress

    private let owner: Owner

    enum Owner {
        /// Closed with this object; the file of a unix socket is removed.
        case ours(file: SocketFile?)
        /// The process that passed it goes on listening, or passes it to our successor.
        case parent
    }

    /// Takes the descriptor over.
    init(descriptor: Int32, address: ListenAddress, owner: Owner) {
        self.descriptor = descriptor
        self.address = address
        self.owner = owner
    }

    deinit {
        if case .ours(let file) = owner {
            file?.remove()
            close(descriptor)
        }
    }

    /// Has the kernel refuse new clients from now on, those in the backlog included.
    func refuseClients() {
        if case .ours(let file) = owner {
            shutdown(descriptor, Int32(SHUT_RDWR))
            file?.remove()
        }
    }

    /// Opens what `address` means: one socket, but for a name that systemd gave to several.
    static func open(_ address: ListenAddress, systemd: SystemdSockets) throws(ServerFailure) -> [ListeningSocket] {
        switch address {
        case .tcp(let host, let port):
            return [try openTCP(host: host, port: port)]
        case .unix(let path, let mode):
            return [try openUnix(path: path, mode: mode)]
        case .inherited(let descriptor):
            return [try adopt(descriptor, as: address)]
        case .systemd(let name):
            let descriptors = systemd.descriptors(named: name)
            guard !descriptors.isEmpty else {
                throw ServerFailure(address: address, reason: .nameNotPassed(passed: systemd.names))
            }
            var sockets: [ListeningSocket] = []
            for descriptor in descriptors { sockets.append(try adopt(descriptor, as: address)) }
            return sockets
        }
    }

    private static func adopt(_ descriptor: Int32, as address: ListenAddress) throws(ServerFailure) -> ListeningSocket {
        var isListening: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &size) == 0 else {
            throw ServerFailure(address: address, reason: errno == EBADF ? .notOpen : .notListening)
        }
        guard isListening == 1 else { throw ServerFailure(address: address, reason: .notListening) }
        // Lest a command that a check runs hold the socket after us.
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return ListeningSocket(descriptor: descriptor, address: address, owner: .parent)
    }
}
