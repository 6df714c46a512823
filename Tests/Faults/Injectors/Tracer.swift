import Foundation
import TestSupport

/// strace(1) on a process that runs: from now on, and until it is stopped, system calls fail or are held up.
struct Tracer {
    private let strace: Executable

    /// Has calls of all threads fail, as `accept4:error=EMFILE:when=1+2` says.
    ///
    /// - Parameter path: of the only file on which they fail; nil for all.
    static func failing(_ fault: String, of process: Int32, on path: String? = nil) async throws -> Tracer {
        let only = path.map { ["-P", $0] } ?? []
        let call = fault.prefix { $0 != ":" }
        let words = only + ["-f", "-p", "\(process)", "-e", "trace=\(call)", "-e", "inject=\(fault)"]
        return try await Tracer(words, on: tasks(of: process))
    }

    /// Holds one thread in its next system call.
    static func freezing(_ thread: String, of process: Int32) async throws -> Tracer {
        let task = try tasks(of: process).first { text(of: $0, "comm") == "\(thread)\n" }
        guard let task else { throw Shortfall("no thread is called \(thread)") }
        let calls = "epoll_pwait2,epoll_pwait,epoll_wait,read,write,futex"
        let number = task.split(separator: "/").last.map(String.init) ?? ""
        let words = ["-p", number, "-e", "trace=\(calls)", "-e", "inject=\(calls):delay_enter=600s"]
        return try await Tracer(words, on: [task])
    }

    /// Returns once the threads are traced.
    private init(_ words: [String], on tasks: [String]) async throws {
        guard let program = Tool.find("strace") else { throw Skipped(reason: "strace is not installed") }
        strace = try Executable(["-qq", "-o", "/dev/null"] + words, program: program)
        do {
            try await eventually("tracing", within: .seconds(10)) {
                // A thread may end meanwhile.
                tasks.allSatisfy { task in
                    let status = Self.text(of: task, "status")
                    return status.isEmpty || status.contains("\nTracerPid:\t") && !status.contains("\nTracerPid:\t0\n")
                }
            }
        } catch { throw Skipped(reason: "strace does not trace here: \(strace.errorOutput)") }
    }

    /// Lets the process go on as it was.
    func stop() { strace.stop() }

    private static func tasks(of process: Int32) throws -> [String] {
        let folder = "/proc/\(process)/task"
        return try FileManager.default.contentsOfDirectory(atPath: folder).map { "\(folder)/\($0)" }
    }

    private static func text(of task: String, _ file: String) -> String {
        (try? String(contentsOfFile: "\(task)/\(file)", encoding: .utf8)) ?? ""
    }
}
