import Foundation

/// What Linux tells of running processes under /proc.
package enum ProcessTable {
    /// The processes whose working folder is `folder` or lies below it, and whose program is one that servers are made of.
    ///
    /// A server's children are found so even after their parent was killed, or where each opened a session of its own.
    package static func serversWorking(in folder: String) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }
            .filter { identifier in
                var target = [CChar](repeating: 0, count: 4096)
                let length = readlink("/proc/\(identifier)/cwd", &target, target.count)
                guard length > 0 else { return false }
                let path = String(decoding: target.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
                guard path == folder || path.hasPrefix("\(folder)/") else { return false }
                return Watchdog.programs.contains(name(of: identifier))
            }
    }

    /// The name of a process's program, empty when there is no such process; cut at 15 bytes by Linux.
    package static func name(of identifier: Int32) -> String {
        TemporaryFolder.text(of: "/proc/\(identifier)/comm").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Ends all servers in `folder` at once and waits, a second at most, until they are gone.
    static func killServers(in folder: String) {
        let end = ContinuousClock.now + .seconds(2)
        while ContinuousClock.now < end {
            let left = serversWorking(in: folder)
            if left.isEmpty { return }
            for identifier in left { kill(identifier, SIGKILL) }
            usleep(2_000)
        }
    }
}
