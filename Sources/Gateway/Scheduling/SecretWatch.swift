internal import Glibc
internal import Transport

/// Notices that a file with a secret has changed, by what the file system says of it, not by its contents.
struct SecretWatch: Sendable {
    /// What differs between two versions of a file; a mounted secret is replaced by another file.
    struct Stamp: Hashable, Sendable {
        let device: UInt
        let inode: UInt
        let size: Int
        let seconds: Int
        let nanoseconds: Int
    }

    let sideThreads: SideThreads

    /// The stamps of files in their order, nil for one that is not there.
    ///
    /// - Returns: nil where the file system does not answer in time, which says nothing of the files.
    func stamps(
        of paths: [String],
        until deadline: ContinuousClock.Instant,
        on loop: isolated EventLoop
    ) async -> [Stamp?]? {
        try? await sideThreads.run(.configure, until: deadline, on: loop) { paths.map(stamp) }
    }
}

private func stamp(of path: String) -> SecretWatch.Stamp? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return SecretWatch.Stamp(
        device: UInt(status.st_dev),
        inode: UInt(status.st_ino),
        size: Int(status.st_size),
        seconds: status.st_mtim.tv_sec,
        nanoseconds: status.st_mtim.tv_nsec
    )
}
