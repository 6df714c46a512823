internal import Glibc

extension ListeningSocket {
    static func openUnix(path: String, mode: UInt16) throws(ServerFailure) -> ListeningSocket {
        let address = ListenAddress.unix(path: path, mode: mode)
        guard path.utf8.count <= UnixSocketPath.longest else {
            throw ServerFailure(address: address, reason: .pathTooLong)
        }
        let descriptor = streamSocket()
        guard descriptor >= 0 else { throw ServerFailure(address: address, reason: .system(code: errno)) }
        do throws(Blocked) {
            try bindReplacingStaleFile(descriptor, path: path)
            // Nobody can connect before listen(2), so nobody meets the socket with other permissions than these.
            guard chmod(path, mode_t(mode)) == 0, listen(descriptor, SOMAXCONN) == 0, let file = SocketFile(path: path)
            else {
                let error = Errno.last
                unlink(path)
                throw .call(error)
            }
            return ListeningSocket(descriptor: descriptor, address: address, owner: .ours(file: file))
        } catch {
            close(descriptor)
            throw ServerFailure(address: address, reason: reason(error))
        }
    }

    private enum Blocked: Error {
        case byLiveSocket
        case byOtherFile
        case call(Errno)
    }

    private static func reason(_ blocked: Blocked) -> ServerFailure.Reason {
        switch blocked {
        case .byLiveSocket: .addressInUse
        case .byOtherFile: .pathTaken
        case .call(let error):
            switch error.code {
            case EACCES, EPERM, EROFS: .permissionDenied
            case ENOENT, ENOTDIR: .folderMissing
            default: .system(code: error.code)
            }
        }
    }

    private static func bindReplacingStaleFile(_ descriptor: Int32, path: String) throws(Blocked) {
        if UnixSocketPath.withAddress(path, { bind(descriptor, $0, $1) }) == 0 { return }
        guard errno == EADDRINUSE else { throw .call(.last) }
        guard SocketFile(path: path) != nil else { throw .byOtherFile }

        let client = streamSocket()
        guard client >= 0 else { throw .call(.last) }
        defer { close(client) }
        // Anything but a refusal, a full backlog (EAGAIN) included, means that somebody is there.
        guard UnixSocketPath.withAddress(path, { connect(client, $0, $1) }) != 0, errno == ECONNREFUSED else {
            throw .byLiveSocket
        }
        guard unlink(path) == 0, UnixSocketPath.withAddress(path, { bind(descriptor, $0, $1) }) == 0 else {
            throw .call(.last)
        }
    }
}

private func streamSocket() -> Int32 {
    socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
}
