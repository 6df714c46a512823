internal import Glibc

extension FileReader {
    /// Reads the files of this machine; blocks until a file, or a pipe named like one, has ended.
    package static let system = FileReader { (path, limit) throws(Failure) in
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(errno) }
        defer { close(descriptor) }
        return try bytes(of: descriptor, limit)
    }

    /// All that standard input holds, at most so many bytes; blocks until its end.
    package static func standardInput(limit: Int) throws(Failure) -> [UInt8] {
        try bytes(of: STDIN_FILENO, limit)
    }

    private static func bytes(of descriptor: Int32, _ limit: Int) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Failure(errno) }
            guard count > 0 else { return bytes }
            guard bytes.count + count <= limit else { throw .tooLarge(limit: limit) }
            bytes += chunk[..<count]
        }
    }
}

extension FileReader.Failure {
    /// From an `errno`.
    fileprivate init(_ number: Int32) {
        self =
            switch number {
            case ENOENT, ENOTDIR: .notFound
            case EACCES, EPERM: .denied
            case EISDIR: .isDirectory
            default: .system(String(cString: strerror(number)))
            }
    }
}
