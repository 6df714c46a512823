import Foundation
import Synchronization

/// Removes throw-away folders, and ends the servers that work in them, when this process dies in whatever way.
///
/// It is a small shell that reads folder names from a pipe. Only this process holds the other end, so the end of input
/// means that this process is gone; then everything still kept is cleaned away. A server belongs to a folder when it runs
/// in it: its own name is on the list and its working folder lies below.
final class Watchdog: Sendable {
    static let shared = Watchdog()

    private let pipe: Mutex<Int32>

    private init() {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { fatalError("\(SystemFailure("pipe"))") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        do {
            let shell = ["/bin/sh", "-c", Self.script]
            _ = try ChildProcess.spawn(
                shell,
                environment: ["PATH": Tool.path],
                folder: "/",
                streams: .init(input: .descriptor(ends[0]), output: .file("/dev/null"), error: .file("/dev/null"))
            )
        } catch { fatalError("the watchdog does not start: \(error)") }
        close(ends[0])
        pipe = Mutex(ends[1])
    }

    /// From now on the folder goes when this process goes.
    func keep(_ folder: String) { tell("+\(folder)") }

    /// The folder has been removed.
    func forget(_ folder: String) { tell("-\(folder)") }

    private func tell(_ line: String) {
        pipe.withLock { descriptor in
            let bytes = Array("\(line)\n".utf8)
            // Short lines go into a pipe whole. The shell ignores signals, so there is somebody to read them.
            _ = write(descriptor, bytes, bytes.count)
        }
    }

    /// The names, as in /proc/PID/comm, of what is ended with its folder. Others, such as a person's shell that happens to
    /// stand there, are left alone.
    static let programs = ["postgres", "redis-server", "pgbouncer", "allclear", "openssl"]

    private static let script = #"""
        trap '' INT TERM HUP QUIT PIPE
        kept=''
        while IFS= read -r line; do
            name="${line#?}"
            case "$line" in
            +*) kept="$kept|$name|" ;;
            -*) while case "$kept" in *"|$name|"*) true ;; *) false ;; esac; do
                    kept="${kept%%"|$name|"*}${kept#*"|$name|"}"
                done ;;
            esac
        done
        IFS='|'
        for folder in $kept; do
            case "$folder" in */allclear-*) ;; *) continue ;; esac
            for memory in $(sed -n '7s/^ *[0-9]* *\([0-9]*\).*/\1/p' "$folder"/*/postmaster.pid 2>/dev/null); do
                segments="$segments|$memory"
            done
            for process in /proc/[0-9]*; do
                read -r name 2>/dev/null <"$process/comm" || continue
                case "$name" in
                PROGRAMS) ;;
                *) continue ;;
                esac
                case "$(readlink "$process/cwd")/" in
                "$folder"/*) kill -KILL "${process#/proc/}" ;;
                esac
            done
            rm -rf "$folder" || { sleep 0.2; rm -rf "$folder"; }
        done
        for memory in $segments; do [ -n "$memory" ] && ipcrm -m "$memory"; done
        """#
        .replacingOccurrences(of: "PROGRAMS", with: programs.joined(separator: "|"))
}
