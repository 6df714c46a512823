import Foundation
import Synchronization

/// A real PostgreSQL 15 in a throw-away folder, on a free port of 127.0.0.1 and a unix socket of its own.
///
/// Over the unix socket the superuser `postgres` comes in without a password; over TCP the password is
/// `PostgreSQLServer.superuserPassword`, by SCRAM. `stop()` ends it and removes everything; so does the last owner's end, but do
/// not rely on that in the middle of a test, where Swift may find the last use earlier than you think: use `running`.
package final class PostgreSQLServer: Sendable {
    package static let superuser = "postgres"
    package static let superuserPassword = "superuser-secret"

    /// How the server is set up.
    package struct Options: Sendable {
        /// Further lines of postgresql.conf, such as `max_connections = 5`.
        package var settings: [String]
        /// Lines of pg_hba.conf that come before the standing ones, such as `host all locked all reject`.
        package var access: [String]
        /// Turns TLS on with this certificate.
        package var certificate: Certificates.Pair?

        package init(
            settings: [String] = [],
            access: [String] = [],
            certificate: Certificates.Pair? = nil
        ) {
            self.settings = settings
            self.access = access
            self.certificate = certificate
        }
    }

    /// How PostgreSQL is asked to stop (pg_ctl's names).
    package enum ShutdownMode: Sendable {
        /// Waits for all sessions to leave; new ones get 57P03 "shutting down".
        case smart
        /// Ends all sessions with 57P01.
        case fast
        /// Ends at once without a checkpoint; the next start recovers.
        case immediate

        var signal: Int32 {
            switch self {
            case .smart: SIGTERM
            case .fast: SIGINT
            case .immediate: SIGQUIT
            }
        }
    }

    package let port: UInt16
    /// The folder in which the unix socket `.s.PGSQL.PORT` stands; libpq's `host`.
    package let socketFolder: String
    /// PostgreSQL's data directory.
    package let dataFolder: String
    let process: ServerProcess
    let options: Options

    /// Makes the data folder but starts nothing.
    init(_ options: Options, copying source: (_ dataFolder: String) throws -> Void) throws {
        let folder = try TemporaryFolder.forData("postgres")
        self.options = options
        port = FreePort.find()
        socketFolder = folder.path
        dataFolder = folder.file("data")
        try Account.unprivileged.own(folder.path)
        process = try ServerProcess(folder: folder, home: dataFolder, account: .unprivileged)
        try source(dataFolder)
        try writeConfiguration()
    }

    deinit { stop() }

    /// Starts a new server with an empty database `postgres`; waits until it accepts sessions unless told not to.
    package static func start(
        _ options: Options = Options(),
        waitUntilReady: Bool = true
    ) async throws -> PostgreSQLServer {
        try await onThread {
            let server = try make(options)
            try server.startBlocking(waitUntilReady: waitUntilReady)
            return server
        }
    }

    /// A server that was never started: its port refuses connections until `start()`.
    package static func prepared(_ options: Options = Options()) async throws -> PostgreSQLServer {
        try await onThread { try make(options) }
    }

    /// Starts a server for the length of `body`.
    package static func running<Result>(
        _ options: Options = Options(),
        _ body: (PostgreSQLServer) async throws -> Result
    ) async throws -> Result {
        let server = try await start(options)
        defer { server.stop() }
        return try await body(server)
    }

    /// Starts a server that stands still.
    package func start(waitUntilReady: Bool = true) async throws {
        try await onThread { try self.startBlocking(waitUntilReady: waitUntilReady) }
    }

    /// Asks the server to stop and returns at once; `waitForEnd()` waits.
    package func shutDown(_ mode: ShutdownMode) { process.send(signal: mode.signal) }

    /// Waits until the server's main process is gone.
    package func waitForEnd(within bound: Duration = .seconds(30)) async throws {
        try await onThread { try self.process.waitForEnd("PostgreSQL", within: bound) }
    }

    /// Shuts down in `mode`, waits for the end, starts again with the same data and port.
    package func restart(_ mode: ShutdownMode = .fast, waitUntilReady: Bool = true) async throws {
        shutDown(mode)
        try await waitForEnd()
        try await start(waitUntilReady: waitUntilReady)
    }

    /// Kills the main process and all its children with SIGKILL, and waits until they are gone.
    ///
    /// - Returns: the moment before the first was killed.
    @discardableResult
    package func kill9() async throws -> ContinuousClock.Instant {
        let moment = process.sendToAll(signal: SIGKILL)
        try await onThread {
            try waitBlocking("end of PostgreSQL's processes", within: .seconds(30)) {
                !self.process.isRunning && ProcessTable.serversWorking(in: self.dataFolder).isEmpty
            }
        }
        return moment
    }

    /// Stops all processes of the server as a hanging machine would (SIGSTOP): the kernel still accepts connections.
    ///
    /// - Returns: the moment before the first was stopped.
    @discardableResult
    package func freeze() -> ContinuousClock.Instant { process.sendToAll(signal: SIGSTOP) }

    /// Lets a frozen server go on.
    ///
    /// - Returns: the moment before the first did.
    @discardableResult
    package func thaw() -> ContinuousClock.Instant { process.sendToAll(signal: SIGCONT) }

    /// Ends the server in whatever state it is and removes its folder and shared memory; again is harmless.
    package func stop() {
        let segment = sharedMemorySegment
        process.end(asking: processIdentifier, with: SIGQUIT)
        if let segment { shmctl(segment, IPC_RMID, nil) }
    }

    /// Whether the main process runs.
    package var isRunning: Bool { process.isRunning }

    /// The main process's number, from postmaster.pid: also of one that was started by hand.
    package var processIdentifier: Int32? {
        TemporaryFolder.text(of: "\(dataFolder)/postmaster.pid").split(separator: "\n").first.flatMap { Int32($0) }
    }

    /// What the server has logged.
    package var log: String { process.log }

    /// Kills leave the System V segment that guards the data folder behind; its number is in line 7 of postmaster.pid.
    private var sharedMemorySegment: Int32? {
        let lines = TemporaryFolder.text(of: "\(dataFolder)/postmaster.pid")
            .split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count > 6 else { return nil }
        return lines[6].split(separator: " ").last.flatMap { Int32($0) }
    }

    private static func make(_ options: Options) throws -> PostgreSQLServer {
        let template = try PostgreSQLTemplate.shared.get()
        return try PostgreSQLServer(options) { try template.copy(to: $0) }
    }
}
