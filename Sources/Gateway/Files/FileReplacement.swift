internal import Configuration
internal import Glibc

/// Writes a file as a whole: whoever opens it finds what was there before or all that is new, never a part.
enum FileReplacement {
    /// The file is written beside the old one under another name, and renamed; nothing of it stays behind on an error.
    ///
    /// A file that is there keeps its mode, and its owner where this process may give files away. A symbolic link is
    /// followed. What is no file, such as a pipe or `/dev/stdout`, cannot be replaced and is written into. Blocks; all signals
    /// wait until it is over.
    /// - Parameter mode: of a file that is not there yet; the umask takes from it.
    /// - Throws: what the system says.
    static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws(Mistake) {
        var old = stat()
        let isThere = stat(path, &old) == 0
        guard !isThere || old.st_mode & S_IFMT == S_IFREG else { return try write(bytes, into: path) }
        let target = try followLinks(path)
        let folder = folder(of: target)
        // Short enough beside any name, and hidden from servers that read a whole folder.
        let temporary = "\(folder).allclear-\(String(UInt64.random(in: 0 ... .max), radix: 36))"

        var (all, before) = (sigset_t(), sigset_t())
        sigfillset(&all)
        sigprocmask(SIG_BLOCK, &all, &before)
        defer { sigprocmask(SIG_SETMASK, &before, nil) }

        // Nobody else may read it before it has the mode of the old one.
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, isThere ? 0o600 : mode)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        do throws(Mistake) {
            try write(bytes, into: descriptor)
            if isThere {
                // Each for itself: a group may often be kept where a user may not.
                _ = fchown(descriptor, uid_t.max, old.st_gid)
                _ = fchown(descriptor, old.st_uid, gid_t.max)
                guard fchmod(descriptor, old.st_mode & 0o7777) == 0 else { throw failure(errno) }
            }
            guard fsync(descriptor) == 0, rename(temporary, target) == 0 else { throw failure(errno) }
        } catch {
            unlink(temporary)
            throw error
        }
        sync(folder.isEmpty ? "." : folder)
    }

    /// Writes to an open descriptor.
    static func write(_ bytes: [UInt8], into descriptor: Int32) throws(Mistake) {
        // Else a file that outgrows its limit (RLIMIT_FSIZE) ends the process before it has cleaned up.
        signal(SIGXFSZ, SIG_IGN)
        let number = writeAll(bytes, to: descriptor)
        guard number == 0 else { throw failure(number) }
    }

    private static func write(_ bytes: [UInt8], into path: String) throws(Mistake) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        try write(bytes, into: descriptor)
    }

    /// Where a path leads, also when nothing is there yet.
    private static func followLinks(_ path: String) throws(Mistake) -> String {
        var path = path
        // As many as the kernel follows (path_resolution(7)).
        for _ in 0..<40 {
            let link = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
                count = buffer.withMemoryRebound(to: CChar.self) { max(0, readlink(path, $0.baseAddress!, $0.count)) }
            }
            guard !link.isEmpty else { return path }
            let text = String(decoding: link, as: UTF8.self)
            path = text.hasPrefix("/") ? text : folder(of: path) + text
        }
        throw failure(ELOOP)
    }

    /// With the slash behind it; empty for the working folder.
    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }

    /// So that the new name outlives a power cut, where the file system can promise that.
    private static func sync(_ folder: String) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func failure(_ number: Int32) -> Mistake {
        let hint = number == EBUSY ? "; a file that is a mount of its own cannot be replaced" : ""
        return Mistake("cannot be written: \(String(cString: strerror(number)))\(hint)")
    }
}
