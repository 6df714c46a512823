internal import Glibc

/// The number by which a system call says why it failed (errno(3)).
struct Errno: Error, Hashable {
    let code: Int32

    static var last: Errno { Errno(code: errno) }
}
