import Foundation
import Synchronization

/// A session with a real PostgreSQL that stays open: to hold a lock, a slot, or a smart shutdown.
package final class PostgreSQLSession: Sendable {
    private let folder: TemporaryFolder
    private let child: ChildProcess
    private let input: Mutex<Int32?>

    init(_ server: PostgreSQLServer, database: String) throws {
        folder = try TemporaryFolder("session")
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemFailure("pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { Glibc.close(ends[0]) }
        input = Mutex(ends[1])
        child = try ChildProcess(
            server.psql(database: database),
            environment: ["PATH": Tool.path, "LC_ALL": "C.UTF-8"],
            folder: "/",
            streams: .init(
                input: .descriptor(ends[0]),
                output: .file(folder.file("out")),
                error: .file(folder.file("err"))
            )
        )
        _ = try executeBlocking("SELECT 1")
    }

    deinit { close() }

    /// Runs SQL in the session and returns its rows as lines.
    @discardableResult
    package func execute(_ sql: String) async throws -> String {
        try await onThread { try self.executeBlocking(sql) }
    }

    /// Sends SQL and does not wait for it, for a statement that is to hang.
    package func begin(_ sql: String) { send("\(sql);\n") }

    private func send(_ text: String) {
        let bytes = Array(text.utf8)
        input.withLock { if let descriptor = $0 { _ = write(descriptor, bytes, bytes.count) } }
    }

    /// Ends the session; again is harmless.
    package func close() {
        input.withLock { descriptor in
            if let descriptor { Glibc.close(descriptor) }
            descriptor = nil
        }
        child.send(signal: SIGTERM)
        folder.remove()
    }

    private func executeBlocking(_ sql: String) throws -> String {
        let marker = "done-\(UInt64.random(in: 0 ..< .max))"
        let before = folder.read("out").utf8.count
        send("\(sql);\n\\echo \(marker)\n")
        try waitBlocking("answer to \(sql)", within: .seconds(30), every: .milliseconds(2)) {
            guard child.isRunning else { throw ServerFailure("the session ended", log: folder.read("err")) }
            return folder.read("out").contains(marker)
        }
        let answer = String(decoding: folder.read("out").utf8.dropFirst(before), as: UTF8.self)
        return answer.replacingOccurrences(of: "\(marker)\n", with: "").trimmingCharacters(in: .newlines)
    }
}
