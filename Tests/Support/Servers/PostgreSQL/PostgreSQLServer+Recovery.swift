import Foundation

/// States between "down" and "ready", held for as long as a test likes.
///
/// The means is recovery from an archive: `restore_command` waits as long as a file stands in the server's folder. Nothing is
/// a matter of timing, and a server whose folder is gone does not wait either. Recovery makes a new timeline in the end.
extension PostgreSQLServer {
    /// What a held server answers, 57P03 in either case.
    package enum HeldState: Sendable {
        /// "the database system is starting up": right after the start.
        case startingUp
        /// "the database system is not yet accepting connections": recovery has begun and is not consistent yet.
        case recovering
    }

    /// Kills the server and starts it again into `state`, where it stays until `releaseRecovery()`.
    package func startHeld(in state: HeldState = .startingUp) async throws {
        switch state {
        case .startingUp:
            if isRunning { try await kill9() }
            try prepareHold(of: "all")
        case .recovering:
            if !isRunning { try await start() }
            try await dieInBackup()
        }
        try await start(waitUntilReady: false)
        try await waitForRefusal(saying: state == .startingUp ? "starting up" : "not yet accepting")
    }

    /// Has a backend crash, so that the running server falls back into recovery ("the database system is in recovery
    /// mode", 57P03), where it stays until `releaseRecovery()`. All sessions are ended with 57P02.
    package func crashIntoRecovery() async throws {
        try prepareHold(of: "all")
        let victim = try await openSession()
        let identifier = try await victim.execute("SELECT pg_backend_pid()")
        guard let backend = Int32(identifier) else {
            throw ServerFailure("no backend: \(identifier)", log: process.logTail)
        }
        kill(backend, SIGKILL)
        try await waitForRefusal(saying: "recovery mode")
    }

    /// Lets a held server end its recovery; waits until it accepts sessions unless told not to.
    package func releaseRecovery(waitUntilReady: Bool = true) async throws {
        try FileManager.default.removeItem(atPath: holdFile)
        guard waitUntilReady else { return }
        try await onThread {
            try self.process.waitUntilReady("PostgreSQL", within: .seconds(30)) {
                (try? self.executeBlocking("SELECT pg_is_in_recovery()")) == "f"
            }
        }
    }

    /// Makes a standby of this server, which follows it by streaming replication, and starts it.
    package func createStandby(_ options: Options? = nil, waitUntilReady: Bool = true) async throws -> PostgreSQLServer
    {
        try await onThread {
            let backup = [
                "\(Self.programs ?? "")/pg_basebackup", "--host=\(self.socketFolder)", "--port=\(self.port)",
                "--username=\(Self.superuser)", "--checkpoint=fast", "--wal-method=stream", "--no-sync",
                "--write-recovery-conf",
            ]
            let standby = try PostgreSQLServer(options ?? self.options) {
                try Tool.runBlocking(backup + ["--pgdata=\($0)"], as: .unprivileged)
            }
            try standby.startBlocking(waitUntilReady: waitUntilReady)
            return standby
        }
    }

    /// Makes a standby the primary and waits until it takes writes.
    package func promote() async throws {
        try await execute("SELECT pg_promote(true, 30)")
    }

    /// Has this standby replay no more of its primary, which then goes on; how far it is behind grows until
    /// `pg_wal_replay_resume()`.
    package func fallBehind(_ primary: PostgreSQLServer) async throws {
        // The distance is reckoned from the last transaction that was replayed: there must be one.
        try await primary.execute("CREATE TABLE before (x int)")
        try await eventually("the table") {
            try await execute("SELECT count(*) FROM pg_class WHERE relname = 'before'") == "1"
        }
        try await execute("SELECT pg_wal_replay_pause()")
        try await eventually("the pause") { try await execute("SELECT pg_get_wal_replay_pause_state()") == "paused" }
        try await primary.execute("CREATE TABLE after (x int)")
    }

    /// The text of the refusal that a new session gets now, nil when it is let in or nothing answers.
    var refusal: String? {
        let words = psql(database: "postgres") + ["--command=SELECT 1"]
        do {
            _ = try Tool.runBlocking(words)
            return nil
        } catch { return "\(error)" }
    }

    private func waitForRefusal(saying words: String) async throws {
        try await onThread {
            try waitBlocking("PostgreSQL saying \(words)", within: .seconds(30), detail: self.process.logTail) {
                self.refusal?.contains(words) ?? false
            }
        }
    }

    private var holdFile: String { "\(dataFolder)/hold" }
    private var archive: String { "\(dataFolder)/archive" }

    /// The value of `restore_command`: fetches a file from the archive, and waits before one that is held.
    var restoreCommand: String { "/bin/sh \(dataFolder)/restore.sh %f %p" }

    /// Writes what `restoreCommand` runs.
    func writeRestoreScript() throws {
        let script = """
            while held=$(cat \(holdFile) 2>/dev/null); do
                case "$held" in "$1" | all) sleep 0.02 ;; *) break ;; esac
            done
            exec cp "\(archive)/$1" "$2" 2>/dev/null

            """
        try Data(script.utf8).write(to: URL(fileURLWithPath: "\(dataFolder)/restore.sh"))
    }

    /// The next start recovers from the archive, and waits before it reads `file` (`all`: before anything).
    private func prepareHold(of file: String) throws {
        for (name, text) in [("hold", file), ("recovery.signal", "")] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(dataFolder)/\(name)"))
            try Account.unprivileged.own("\(dataFolder)/\(name)")
        }
    }

    /// Kills the server and leaves the data folder as a restored backup whose end lies in the second segment of the log.
    ///
    /// Recovery has then begun, and cannot be consistent before it gets that segment, which is held.
    private func dieInBackup() async throws {
        let session = try await openSession()
        let first = try await session.execute("SELECT pg_walfile_name(pg_backup_start('held', true))")
        try await session.execute("SELECT pg_switch_wal()")
        let label = try await session.execute("SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)")
        session.close()
        try await kill9()

        let files = FileManager.default
        try files.createDirectory(atPath: archive, withIntermediateDirectories: true)
        let later = try files.contentsOfDirectory(atPath: "\(dataFolder)/pg_wal")
            .filter { $0.count == 24 && $0 > first }.sorted()
        for name in later { try files.moveItem(atPath: "\(dataFolder)/pg_wal/\(name)", toPath: "\(archive)/\(name)") }
        guard let second = later.first else { throw ServerFailure("no segment after \(first)", log: process.logTail) }
        try Data("\(label)\n".utf8).write(to: URL(fileURLWithPath: "\(dataFolder)/backup_label"))
        try Account.unprivileged.own("\(dataFolder)/backup_label")
        try prepareHold(of: second)
    }
}
