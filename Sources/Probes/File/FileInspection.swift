internal import Glibc
internal import Health

/// Looks at a file; blocks as long as its mount does, so it belongs on a side thread.
struct FileInspection: Sendable {
    let path: String
    let requirements: FileRequirements

    /// Checks everything but a pattern in the contents.
    ///
    /// - Returns: the beginning of the contents where they are asked for, else nothing.
    /// - Throws: `run.*` where nothing can be said of the file, `assert.unexpected` where it is not as asked for.
    func run() throws(ProbeFailure) -> [UInt8] {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if requirements.isAbsent, errno == ENOENT || errno == ENOTDIR { return [] }
            throw systemFailure()
        }
        if requirements.isAbsent { throw unexpected("it exists") }
        try checkKind(status)
        if requirements.isNotEmpty { try checkNotEmpty(status) }
        if let maxAge = requirements.maxAge { try checkAge(status, maxAge) }
        if requirements.isWritable { try checkWritable() }
        if let minFree = requirements.minFree { try checkFree(minFree) }
        guard let wanted = requirements.contents else { return [] }
        let contents = try contents(status)
        if case .text(let text) = wanted, contents.firstRange(of: text) == nil {
            throw unexpected("it does not contain the text wanted")
        }
        return contents
    }

    private func checkKind(_ status: stat) throws(ProbeFailure) {
        guard let kind = requirements.kind, !status.isOf(kind) else { return }
        throw unexpected("it is no \(kind.rawValue)")
    }

    private func checkNotEmpty(_ status: stat) throws(ProbeFailure) {
        guard status.isOf(.directory) else {
            if status.st_size == 0 { throw unexpected("it is empty") }
            return
        }
        guard let directory = opendir(path) else { throw systemFailure() }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { return }
        }
        throw unexpected("it is empty")
    }

    private func checkAge(_ status: stat, _ maxAge: Duration) throws(ProbeFailure) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        // A time in the future, as after a clock was set back, is no age at all.
        let age = now.sinceEpoch - status.st_mtim.sinceEpoch
        guard age <= maxAge else {
            throw unexpected("last changed \(age.components.seconds) s ago, \(maxAge.components.seconds) s allowed")
        }
    }

    private func checkWritable() throws(ProbeFailure) {
        // The kernel also says no where the file system is mounted read-only, to root too.
        guard faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0 else {
            throw unexpected("not writable: \(String(cString: strerror(errno)))")
        }
    }

    private func checkFree(_ minFree: Int) throws(ProbeFailure) {
        var fileSystem = statvfs()
        guard statvfs(path, &fileSystem) == 0 else { throw systemFailure() }
        let free = fileSystem.f_bavail.multipliedReportingOverflow(by: UInt(fileSystem.f_frsize))
        guard free.overflow || free.partialValue >= UInt(minFree) else {
            throw unexpected("only \(sizeText(Int(free.partialValue))) free, \(sizeText(minFree)) wanted")
        }
    }

    private func contents(_ status: stat) throws(ProbeFailure) -> [UInt8] {
        guard status.isOf(.file) else { throw unexpected("it is no file, so that it has no contents") }
        // Without O_NONBLOCK, a pipe that has taken the file's place would hold the thread.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw systemFailure() }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while bytes.count < FileRequirements.mostContents {
            let count = read(descriptor, &chunk, min(chunk.count, FileRequirements.mostContents - bytes.count))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw systemFailure() }
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return bytes
    }

    /// What the calling thread's `errno` says.
    private func systemFailure() -> ProbeFailure {
        let reason: FailureCode.Reason =
            switch errno {
            case ENOENT, ENOTDIR: .notFound
            case EACCES, EPERM: .denied
            default: .unexpected
            }
        return ProbeFailure(FailureCode(.run, reason), at: path, String(cString: strerror(errno)))
    }

    private func unexpected(_ word: String) -> ProbeFailure {
        ProbeFailure(FailureCode(.assert, .unexpected), at: path, word)
    }
}

extension stat {
    fileprivate func isOf(_ kind: FileRequirements.Kind) -> Bool {
        switch kind {
        case .file: st_mode & S_IFMT == S_IFREG
        case .directory: st_mode & S_IFMT == S_IFDIR
        case .socket: st_mode & S_IFMT == S_IFSOCK
        }
    }
}

extension timespec {
    fileprivate var sinceEpoch: Duration { .seconds(tv_sec) + .nanoseconds(tv_nsec) }
}

/// A number of bytes for people, rounded down: `12 MiB`.
private func sizeText(_ bytes: Int) -> String {
    let units = ["GiB", "MiB", "KiB"]
    for (index, unit) in units.enumerated() {
        let size = 1 << (10 * (units.count - index))
        if bytes >= size { return "\(bytes / size) \(unit)" }
    }
    return "\(bytes) bytes"
}
