import Foundation
import Synchronization

/// Removes throw-away folders, and ends the servers that work in them, when this process ends in whatever way.
///
/// It is a small shell that reads folder names from a pipe. Only this process holds the other end, so the end of input
/// means that this process is gone; then everything still kept is cleaned away. A server belongs to a folder when it runs
/// in it: its own name is on the list and its working folder lies below.
final class Watchdog: Sendable {
    static let shared = Watchdog()

    private let pipe: Mutex<Int32>
    private let shell: Int32

    private init() {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { fatalError("\(SystemFailure("pipe"))") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        do {
            shell = try ChildProcess.spawn(
                ["/bin/sh", "-c", Self.script],
                environment: ["PATH": Tool.path],
                folder: "/",
                streams: .init(input: .descriptor(ends[0]), output: .file("/dev/null"), error: .file("/dev/null"))
            )
        } catch { fatalError("the watchdog does not start: \(error)") }
        close(ends[0])
        pipe = Mutex(ends[1])
        // An orderly end waits until everything is gone.
        atexit { Watchdog.shared.finish() }
    }

    /// From now on the folder goes when this process goes.
    func keep(_ folder: String) { tell("+\(folder)") }

    /// The folder has been removed.
    func forget(_ folder: String) { tell("-\(folder)") }

    private func tell(_ line: String) {
        pipe.withLock { descriptor in
            let bytes = Array("\(line)\n".utf8)
            // Short lines go into a pipe whole. The shell ignores signals, so there is somebody to read them.
            if descriptor >= 0 { _ = write(descriptor, bytes, bytes.count) }
        }
    }

    private func finish() {
        pipe.withLock { descriptor in
            close(descriptor)
            descriptor = -1
        }
        var status: Int32 = 0
        waitpid(shell, &status, 0)
    }

    /// The names, as in /proc/PID/comm, where Linux cuts them at 15 bytes, of what is ended with its folder. Others, such as a person's shell that happens to
    /// stand there, are left alone.
    static let programs = [
        "postgres", "redis-server", "pgbouncer", "allclear", "openssl",
        "rabbitmq-server", "beam.smp", "erl_child_setup", "inet_gethost", "epmd", "nginx", "gunicorn", "haproxy",
        "prometheus-blac", "bench-libmicroh",
    ]

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

        servers=''
        for process in /proc/[0-9]*; do
            read -r name 2>/dev/null <"$process/comm" || continue
            case "$name" in PROGRAMS) servers="$servers $process" ;; esac
        done
        end() {
            for process in $servers; do
                case "$(readlink "$process/cwd")/" in "$1"/*) kill -KILL "${process#/proc/}" ;; esac
            done
            # The System V segment of a killed PostgreSQL stands in line 7 of its postmaster.pid.
            for memory in $(sed -n '7s/^ *[0-9]* *\([0-9]*\).*/\1/p' "$1"/*/postmaster.pid 2>/dev/null); do
                ipcrm -m "$memory"
            done
            rm -rf "$1" || { sleep 0.2; rm -rf "$1"; }
        }
        while [ -n "$kept" ]; do
            kept="${kept#|}"
            folder="${kept%%|*}"
            kept="${kept#"$folder|"}"
            case "$folder" in */allclear-*) end "$folder" ;; esac
        done
        """#
        .replacingOccurrences(of: "PROGRAMS", with: programs.joined(separator: "|"))
}
