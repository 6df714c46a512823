internal import Glibc
internal import Transport

/// What differs between two versions of a file, by what the file system says of it, not by its contents; a mounted secret
/// is replaced by another file.
struct FileStamp: Hashable, Sendable {
    let device: UInt
    let inode: UInt
    let size: Int
    let seconds: Int
    let nanoseconds: Int

    /// Nil for a file that is not there. Blocks as long as its mount does.
    init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
        size = Int(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }
}

extension SideThreads {
    /// The stamps of files in their order, nil for one that is not there.
    ///
    /// - Returns: nil where the file system does not answer in time, which says nothing of the files.
    func stamps(
        of paths: [String],
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async -> [FileStamp?]? {
        try? await run(.configure, until: deadline, on: loop) { paths.map(FileStamp.init) }
    }
}
