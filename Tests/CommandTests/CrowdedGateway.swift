import Foundation
import TestSupport

/// The program with one check, and room for ten thousand who wait for it; what it takes of the machine.
final class CrowdedGateway: Sendable {
    static let size = 10_000

    private let running: RunningGateway
    private let folder: TemporaryFolder

    /// - Parameter upstream: the port that is to be open.
    init(checking upstream: UInt16) async throws {
        guard WaitingCrowd.allowDescriptors(14_200) else { throw SystemFailure("setrlimit", code: EPERM) }
        folder = try TemporaryFolder("crowd")
        try folder.write(
            """
            limits: {connections: 14000, waiters: \(Self.size)}
            checks: {main: {url: "tcp://127.0.0.1:\(upstream)", period: 500ms, timeout: 500ms}}

            """,
            to: "allclear.yaml"
        )
        running = try await RunningGateway(arguments: ["serve", "--config", folder.file("allclear.yaml")])
    }

    var port: UInt16 { running.port }

    func send(signal: Int32) { running.executable.send(signal: signal) }

    func waitForEnd() async throws -> ChildProcess.End { try await running.executable.waitForEnd() }

    /// Asks plainly, again and again, until the answer has this status; the longest that an answer took.
    func longestAnswer(until status: Int) async throws -> Duration {
        var longest = Duration.zero
        while true {
            let start = ContinuousClock.now
            let answer = try await running.client.get("/ready").status
            longest = max(longest, start.duration(to: .now))
            if answer == status { return longest }
        }
    }

    var descriptors: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count) ?? 0
    }

    var residentBytes: Int { field(1, of: "statm") * Int(getpagesize()) }

    /// Seconds.
    var processorTime: Double {
        // proc(5): utime and stime are fields 14 and 15; the program's name holds no space.
        Double(field(13, of: "stat") + field(14, of: "stat")) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private var process: Int32 { running.executable.process.processIdentifier }

    private func field(_ number: Int, of file: String) -> Int {
        let text = (try? String(contentsOfFile: "/proc/\(process)/\(file)", encoding: .utf8)) ?? ""
        let fields = text.split(separator: " ")
        return fields.indices.contains(number) ? Int(fields[number]) ?? 0 : 0
    }
}
