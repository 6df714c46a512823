import Foundation
import TestSupport

/// A control group of the gateway's own, version 1 or 2, with one limit; gone with its last owner.
final class ControlGroup: Sendable {
    enum Controller: String {
        case memory
        case pids
    }

    private let path: String
    private let limitFile: String

    /// - Throws: `Skipped` where this machine does not let us make one.
    init(_ controller: Controller, limit: String) throws {
        let isSecond = FileManager.default.fileExists(atPath: "/sys/fs/cgroup/cgroup.controllers")
        path = "/sys/fs/cgroup/\(isSecond ? "" : "\(controller)/")allclear-faults-\(controller)-\(getpid())"
        limitFile =
            switch controller {
            case .memory: isSecond ? "memory.max" : "memory.limit_in_bytes"
            case .pids: "pids.max"
            }
        guard mkdir(path, 0o755) == 0 || errno == EEXIST, access("\(path)/\(limitFile)", W_OK) == 0 else {
            rmdir(path)
            throw Skipped(reason: "no control group for \(controller) can be made here")
        }
        try set(limit: limit)
    }

    deinit { rmdir(path) }

    func set(limit: String) throws {
        let descriptor = open("\(path)/\(limitFile)", O_WRONLY)
        defer { close(descriptor) }
        guard write(descriptor, limit, limit.utf8.count) > 0 else { throw Skipped(reason: "\(path) takes no limit") }
    }

    /// A wrapper in front of the gateway that puts it in.
    var wrapper: [String] {
        ["sh", "-c", #"echo $$ >"$0/cgroup.procs" && exec "$@""#, path]
    }
}
