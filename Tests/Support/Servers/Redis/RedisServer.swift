import Foundation
import Synchronization

/// A real Redis 7 in a throw-away folder, on a free port of 127.0.0.1 and a unix socket of its own.
///
/// `command` speaks to it over the unix socket as the user `support`, who may do everything, whatever the options do to the
/// default user. `stop()` ends it and removes everything.
package final class RedisServer: Sendable {
    /// How the server is set up.
    package struct Options: Sendable {
        /// The default user's password.
        package var password: String?
        /// Lines of an ACL file, such as `user app on >secret ~* +@all` or `user default off`.
        package var users: [String]
        /// The server that this one replicates.
        package var primary: RedisServer?
        /// Turns cluster mode on; without slots the cluster is down.
        package var cluster: Bool
        /// Opens a second port for TLS with this certificate; clients need no certificate unless a setting says so.
        package var certificate: Certificates.Pair?
        /// The authority of clients' certificates.
        package var authority: String?
        /// Further lines of redis.conf, such as `maxclients 4`.
        package var settings: [String]

        package init(
            password: String? = nil,
            users: [String] = [],
            primary: RedisServer? = nil,
            cluster: Bool = false,
            certificate: Certificates.Pair? = nil,
            authority: String? = nil,
            settings: [String] = []
        ) {
            self.password = password
            self.users = users
            self.primary = primary
            self.cluster = cluster
            self.certificate = certificate
            self.authority = authority
            self.settings = settings
        }
    }

    package let port: UInt16
    /// The port that speaks TLS, when there is a certificate.
    package let securePort: UInt16?
    package let unixSocketPath: String
    let process: ServerProcess
    private let options: Options

    private init(_ options: Options) throws {
        let folder = try TemporaryFolder.forData("redis")
        self.options = options
        port = FreePort.find()
        securePort = options.certificate == nil ? nil : FreePort.find()
        unixSocketPath = folder.file("redis.sock")
        process = try ServerProcess(folder: folder, home: folder.path, account: .current)
        try writeConfiguration()
    }

    deinit { stop() }

    /// Starts a new, empty server; waits until it answers unless told not to.
    package static func start(_ options: Options = Options(), waitUntilReady: Bool = true) async throws -> RedisServer {
        let server = try await prepared(options)
        try await server.start(waitUntilReady: waitUntilReady)
        return server
    }

    /// A server that was never started: its port refuses connections until `start()`.
    package static func prepared(_ options: Options = Options()) async throws -> RedisServer {
        try await onThread { try RedisServer(options) }
    }

    /// Starts a server for the length of `body`.
    package static func running<Result>(
        _ options: Options = Options(),
        _ body: (RedisServer) async throws -> Result
    ) async throws -> Result {
        let server = try await start(options)
        defer { server.stop() }
        return try await body(server)
    }

    /// Starts a server that stands still; it loads the data set that it saved last.
    package func start(waitUntilReady: Bool = true) async throws {
        guard let program = Tool.find("redis-server") else {
            throw ServerFailure("Redis is not installed (Debian's package redis-server)", log: "")
        }
        try await onThread {
            try self.process.launch([program, self.process.folder.file("redis.conf")])
            guard waitUntilReady else { return }
            try self.process.waitUntilReady("Redis", within: .seconds(30)) {
                // A replica may answer PING with MASTERDOWN; then it is as ready as it will be.
                guard let reply = try? self.exchange(["PING"], within: .seconds(1)) else { return false }
                return reply == "PONG" || !reply.hasPrefix("-LOADING")
            }
        }
    }

    /// Asks the server to stop (SIGTERM, the data set is saved only where `save` is set) and waits for its end.
    package func shutDown() async throws {
        process.send(signal: SIGTERM)
        try await onThread { try self.process.waitForEnd("Redis", within: .seconds(30)) }
    }

    /// Shuts down, waits for the end, starts again on the same ports and with the data set that was saved last.
    package func restart(waitUntilReady: Bool = true) async throws {
        try await shutDown()
        try await start(waitUntilReady: waitUntilReady)
    }

    /// Kills the server with SIGKILL and waits until it is gone.
    ///
    /// - Returns: the moment before it was killed.
    @discardableResult
    package func kill9() async throws -> ContinuousClock.Instant {
        let moment = process.sendToAll(signal: SIGKILL)
        try await onThread { try self.process.waitForEnd("Redis", within: .seconds(30)) }
        return moment
    }

    /// Stops the server as a hanging machine would (SIGSTOP): the kernel still accepts connections.
    ///
    /// - Returns: the moment before it was stopped.
    @discardableResult
    package func freeze() -> ContinuousClock.Instant { process.sendToAll(signal: SIGSTOP) }

    /// Lets a frozen server go on.
    ///
    /// - Returns: the moment before it did.
    @discardableResult
    package func thaw() -> ContinuousClock.Instant { process.sendToAll(signal: SIGCONT) }

    /// Ends the server in whatever state it is and removes its folder; again is harmless.
    package func stop() { process.end() }

    /// Whether the server's process runs.
    package var isRunning: Bool { process.isRunning }

    /// The server's process number, from its pid file: also of one that was started by hand.
    package var processIdentifier: Int32? {
        Int32(TemporaryFolder.text(of: pidFile).trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// The path of the file that holds the process number.
    package var pidFile: String { process.folder.file("redis.pid") }

    /// The command line that starts the server by hand with the same data.
    package var restartCommand: String {
        "\(Tool.find("redis-server") ?? "redis-server") \(process.folder.file("redis.conf")) --daemonize yes"
    }

    /// What the server has logged.
    package var log: String { process.log }

    private func writeConfiguration() throws {
        let folder = process.folder
        var lines = [
            "bind 127.0.0.1", "port \(port)", "unixsocket \(unixSocketPath)", "unixsocketperm 700",
            "dir \(folder.path)", "pidfile \(pidFile)", "logfile \(process.logPath)",
            "save \"\"", "appendonly no", "rdbcompression no", "enable-debug-command yes", "protected-mode no",
            "loading-process-events-interval-bytes 1024", "repl-diskless-sync-delay 0", "repl-ping-replica-period 1",
            "always-show-logo no",
        ]
        let support = "user \(Self.supportUser) on >\(Self.supportPassword) ~* &* +@all"
        if options.users.isEmpty {
            lines += [support]
        } else {
            try folder.write(([support] + options.users).joined(separator: "\n") + "\n", to: "users.acl")
            lines += ["aclfile \(folder.file("users.acl"))"]
        }
        if let password = options.password { lines += ["requirepass \(password)"] }
        if options.cluster {
            let busPort = FreePort.find()
            lines += ["cluster-enabled yes", "cluster-config-file nodes.conf", "cluster-port \(busPort)"]
        }
        if let primary = options.primary {
            lines += [
                "replicaof 127.0.0.1 \(primary.port)", "masteruser \(Self.supportUser)",
                "masterauth \(Self.supportPassword)",
            ]
        }
        if let certificate = options.certificate, let securePort {
            lines += [
                "tls-port \(securePort)", "tls-cert-file \(certificate.certificate)", "tls-key-file \(certificate.key)",
                "tls-ca-cert-file \(options.authority ?? certificate.certificate)", "tls-auth-clients optional",
            ]
        }
        try folder.write((lines + options.settings).joined(separator: "\n") + "\n", to: "redis.conf")
    }
}
