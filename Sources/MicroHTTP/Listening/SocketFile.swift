internal import Glibc

/// A socket in the file system, told apart from one that another process has put in its place.
struct SocketFile: Sendable {
    private let path: String
    private let device: UInt64
    private let inode: UInt64

    /// Nil where no socket stands at `path`; symbolic links are not followed.
    init?(path: String) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return nil }
        self.path = path
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    /// Removes the file unless it has been replaced meanwhile.
    func remove() {
        guard let current = SocketFile(path: path), current.device == device, current.inode == inode else { return }
        unlink(path)
    }
}
