/// What must be true of a file.
struct FileRequirements: Hashable, Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case file
        case directory
        case socket
    }

    /// There must be nothing at the path; excludes everything else.
    var isAbsent = false
    var kind: Kind?
    var isWritable = false
    /// Bytes that an unprivileged process can still write to the file system.
    var minFree: Int?
    /// Since the last change of the content.
    var maxAge: Duration?
    var contents: Sought?
    /// A file must have bytes, a directory entries.
    var isNotEmpty = false

    /// How much of a file is looked at, in bytes.
    static let mostContents = 65_536
}
