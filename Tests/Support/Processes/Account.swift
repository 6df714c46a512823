import Foundation

/// The user that a server runs as: servers such as PostgreSQL refuse to be root.
struct Account: Sendable {
    /// Nil for the user that runs the tests.
    let name: String?

    /// The user that runs the tests.
    static let current = Account(name: nil)

    /// The user that runs the tests, or, where that is root, `postgres` or else `nobody`.
    static let unprivileged: Account = {
        guard getuid() == 0 else { return .current }
        return Account(name: getpwnam("postgres") == nil ? "nobody" : "postgres")
    }()

    /// `command` so that it runs as this user; it keeps its process number.
    func command(_ command: [String]) -> [String] {
        guard let name, let entry = getpwnam(name) else { return command }
        let tool = Tool.find("setpriv") ?? "/usr/bin/setpriv"
        return [tool, "--reuid=\(name)", "--regid=\(entry.pointee.pw_gid)", "--clear-groups", "--"] + command
    }

    /// Gives a file or folder to this user.
    func own(_ path: String) throws {
        guard let name, let entry = getpwnam(name) else { return }
        guard lchown(path, entry.pointee.pw_uid, entry.pointee.pw_gid) == 0 else {
            throw SystemFailure("chown \(path)")
        }
    }
}
