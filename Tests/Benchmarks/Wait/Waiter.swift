import Foundation
import TestSupport

/// A way to hold an application back.
enum Waiter: String, CaseIterable {
    case netcat = "nc loop"
    case waitForIt = "wait-for-it"
    case client = "client loop"
    case allclear = "allclear wait"

    /// How long it waits at most; then something is broken.
    private static let limit = 60

    /// One wait from start to end.
    struct Run: Sendable {
        var start: ContinuousClock.Instant
        var end: ContinuousClock.Instant
        /// User and system, of all its processes.
        var processor: Duration
    }

    private func command(for service: Service) throws -> [String] {
        switch self {
        case .netcat: Self.loop(until: "nc -z 127.0.0.1 \(service.port)")
        case .waitForIt: ["wait-for-it", "127.0.0.1:\(service.port)", "--quiet", "--timeout=\(Self.limit)"]
        case .client: Self.loop(until: service.clientQuestion)
        case .allclear: [try Executable.path(), "wait", "--quiet", "--timeout", "\(Self.limit)s", "env:SERVICE_URL"]
        }
    }

    private static func loop(until question: String) -> [String] {
        ["timeout", "\(limit)", "sh", "-c", "until \(question); do sleep 1; done"]
    }

    /// Waits on the calling thread.
    func run(for service: Service, in folder: TemporaryFolder) throws -> Run {
        var command = try command(for: service)
        guard let program = Tool.find(command[0]) ?? (command[0].hasPrefix("/") ? command[0] : nil) else {
            throw Failure(description: "\(command[0]) is not installed")
        }
        command[0] = program
        let start = ContinuousClock.now
        let process = try ChildProcess.spawn(
            command,
            environment: ["PATH": Tool.path, "SERVICE_URL": service.url],
            folder: "/",
            streams: .init(output: .file("/dev/null"), error: .file(folder.file("\(self)")))
        )
        var status: Int32 = 0
        var usage = rusage()
        while wait4(process, &status, 0, &usage) < 0 && errno == EINTR {}
        let end = ContinuousClock.now
        guard status == 0 else {
            throw Failure(description: "\(rawValue) ended with \(status):\n\(folder.read("\(self)"))")
        }
        return Run(start: start, end: end, processor: duration(usage.ru_utime) + duration(usage.ru_stime))
    }

    private func duration(_ time: timeval) -> Duration {
        .seconds(time.tv_sec) + .microseconds(time.tv_usec)
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }
}
