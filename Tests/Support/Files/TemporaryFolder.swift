import Foundation

/// A folder of its own under the system's temporary folder, gone with its last owner.
///
/// When the process is killed, `Watchdog` removes the folder, and ends the servers that work in it.
package final class TemporaryFolder: Sendable {
    package let path: String

    /// Creates the folder; `prefix` is what people see of it in a listing.
    package convenience init(_ prefix: String = "test") throws { try self.init(prefix, in: Self.base) }

    /// Creates a folder for a server's data, in memory where there is room.
    ///
    /// To copy PostgreSQL's thousand files takes 0.08 s there, and 2 s on a busy disk.
    static func forData(_ prefix: String) throws -> TemporaryFolder { try TemporaryFolder(prefix, in: dataBase) }

    private init(_ prefix: String, in base: String) throws {
        var template = Array("\(base)/allclear-\(prefix)-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemFailure("mkdtemp in \(base)") }
        path = String(decoding: template.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        // Servers that refuse to run as root run as another user, who has to get to what is theirs inside.
        if getuid() == 0 { chmod(path, 0o755) }
        Watchdog.shared.keep(path)
    }

    deinit { remove() }

    /// Removes the folder and all that is in it; again is harmless.
    package func remove() {
        try? FileManager.default.removeItem(atPath: path)
        Watchdog.shared.forget(path)
    }

    /// The path of `name` in the folder.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file and returns its path; `mode` as in chmod(2).
    @discardableResult
    package func write(_ text: String, to name: String, mode: UInt32 = 0o644) throws -> String {
        try write(Array(text.utf8), to: name, mode: mode)
    }

    /// Writes a file and returns its path; `mode` as in chmod(2).
    @discardableResult
    package func write(_ bytes: [UInt8], to name: String, mode: UInt32 = 0o644) throws -> String {
        let path = file(name)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        guard chmod(path, mode) == 0 else { throw SystemFailure("chmod \(path)") }
        return path
    }

    /// Adds text to the end of a file.
    package func append(_ text: String, to name: String) throws {
        try write(read(name) + text, to: name)
    }

    /// The text of a file in the folder, empty when there is none.
    package func read(_ name: String) -> String { Self.text(of: file(name)) }

    static func text(of path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// `TMPDIR`, unless it is so long that the path of a unix socket (107 bytes) would not fit.
    private static let base: String = {
        let wanted = ProcessInfo.processInfo.environment["TMPDIR"] ?? ""
        return wanted.isEmpty || wanted.utf8.count > 50 ? "/tmp" : wanted
    }()

    /// Containers often have 64 MiB of shared memory; then, and where `TMPDIR` is set, data lies with all the rest.
    private static let dataBase: String = {
        let memory = "/dev/shm"
        var state = statvfs()
        let hasRoom = statvfs(memory, &state) == 0 && UInt64(state.f_bavail) * UInt64(state.f_frsize) > 1 << 30
        let isFree = ProcessInfo.processInfo.environment["TMPDIR"] == nil && access(memory, W_OK) == 0
        return hasRoom && isFree ? memory : base
    }()
}

/// A failed system call: what was tried, and the system's word on it.
package struct SystemFailure: Error, CustomStringConvertible {
    package let code: Int32
    package let description: String

    /// Takes `errno` as it stands.
    package init(_ what: String, code: Int32 = errno) {
        self.code = code
        description = "\(what): \(String(cString: strerror(code)))"
    }
}
