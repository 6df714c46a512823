internal import Glibc

extension FileReader {
    /// Reads the machine's own files; may block as long as their mount does.
    package static let system = FileReader { path, limit throws(Failure) in
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while true {
            var chunk = [UInt8](repeating: 0, count: 16_384)
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .last }
            guard count > 0 else { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
        }
    }
}

extension FileReader.Failure {
    /// What the calling thread's `errno` says.
    fileprivate static var last: FileReader.Failure {
        switch errno {
        case ENOENT, ENOTDIR: .notFound
        case EACCES, EPERM: .denied
        case EISDIR: .isDirectory
        case let number: .system(number: number, text: String(cString: strerror(number)))
        }
    }
}
