import Foundation

/// A real RabbitMQ in a throw-away folder, on free ports of 127.0.0.1, with an Erlang port mapper (epmd) of its own.
///
/// It takes five seconds of a core to start, so that a suite shares one. `guest` with the password `guest` may do everything.
package final class RabbitMQServer: Sendable {
    /// How the server is set up.
    package struct Options: Sendable {
        /// Passwords by name, besides `guest`.
        package var users: [String: String]
        /// Virtual hosts besides `/`, and who of ``users`` may do everything there.
        package var virtualHosts: [String: [String]]
        /// Durable queues, by virtual host.
        package var queues: [String: [String]]
        /// Opens a second port for TLS with this certificate; clients need none.
        package var certificate: Certificates.Pair?
        /// Further lines of rabbitmq.conf.
        package var settings: [String]

        package init(
            users: [String: String] = [:],
            virtualHosts: [String: [String]] = [:],
            queues: [String: [String]] = [:],
            certificate: Certificates.Pair? = nil,
            settings: [String] = []
        ) {
            self.users = users
            self.virtualHosts = virtualHosts
            self.queues = queues
            self.certificate = certificate
            self.settings = settings
        }
    }

    package let port: UInt16
    /// The port that speaks TLS, when there is a certificate.
    package let securePort: UInt16?
    let process: ServerProcess
    private let portMapper: ServerProcess
    private let portMapperPort: UInt16
    private let distributionPort: UInt16
    let options: Options

    /// Debian's own wrapper in /usr/sbin runs for root and the user `rabbitmq` only, and in their folder.
    static let program = "/usr/lib/rabbitmq/bin/rabbitmq-server"

    /// On the one host whose name every machine knows.
    private static let node = "allclear@localhost"

    private init(_ options: Options) throws {
        let folder = try TemporaryFolder.forData("rabbitmq")
        self.options = options
        port = FreePort.find()
        securePort = options.certificate == nil ? nil : FreePort.find()
        portMapperPort = FreePort.find()
        distributionPort = FreePort.find()
        process = try ServerProcess(folder: folder, home: folder.path, account: .current)
        let second = try TemporaryFolder("epmd")
        portMapper = try ServerProcess(folder: second, home: second.path, account: .current)
        try writeConfiguration()
    }

    deinit { stop() }

    /// Starts a new server and waits until it lets clients in.
    package static func start(_ options: Options = Options()) async throws -> RabbitMQServer {
        try await onThread {
            let server = try RabbitMQServer(options)
            try server.launch()
            return server
        }
    }

    /// Starts a server for the length of `body`.
    package static func running<Result>(
        _ options: Options = Options(),
        _ body: (RabbitMQServer) async throws -> Result
    ) async throws -> Result {
        let server = try await start(options)
        defer { server.stop() }
        return try await body(server)
    }

    /// Has the server itself evaluate an Erlang expression, in milliseconds where `rabbitmqctl eval` takes seconds, and returns
    /// the value as Erlang writes it.
    @discardableResult
    package func evaluate(_ expression: String) async throws -> String {
        let answer = try await onThread {
            try Tool.runBlocking(
                ["erl_call", "-sname", Self.node, "-e"],
                environment: self.environment,
                input: "\(expression).\n"
            )
        }
        guard answer.hasPrefix("{ok, "), !answer.contains("{error") else {
            throw ServerFailure("Erlang: \(expression): \(answer)", log: process.logTail)
        }
        return String(answer.dropFirst("{ok, ".count).dropLast())
    }

    /// Stops the server as a hanging machine would (SIGSTOP): the kernel still accepts connections.
    package func freeze() { process.sendToAll(signal: SIGSTOP) }

    /// Lets a frozen server go on.
    package func thaw() { process.sendToAll(signal: SIGCONT) }

    /// Ends the server in whatever state it is and removes its folders; again is harmless.
    package func stop() {
        process.end()
        portMapper.end()
    }

    /// What the server has logged.
    package var log: String { process.log }

    private func launch() throws {
        guard access(Self.program, X_OK) == 0, let mapper = Tool.find("epmd") else {
            throw ServerFailure("RabbitMQ is not installed (Debian's package rabbitmq-server)", log: "")
        }
        // Without one that listens Erlang starts one that outlives everybody.
        try portMapper.launch([mapper, "-port", "\(portMapperPort)", "-address", "127.0.0.1"])
        try portMapper.waitUntilReady("epmd", within: .seconds(30)) {
            (try? PlainSocket.connect(to: .loopback(portMapperPort))) != nil
        }
        try process.launch([Self.program], environment: environment)
        try process.waitUntilReady("RabbitMQ", within: .seconds(120)) {
            process.log.contains("Server startup complete")
        }
    }

    private var environment: [String: String] {
        let folder = process.folder
        return [
            // Where the cookie lies, by which the nodes of Erlang know each other.
            "HOME": folder.path,
            "ERL_EPMD_PORT": "\(portMapperPort)",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": Self.node,
            "RABBITMQ_DIST_PORT": "\(distributionPort)",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": folder.file("rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": folder.file("plugins"),
            "RABBITMQ_MNESIA_BASE": folder.file("mnesia"),
            "RABBITMQ_LOG_BASE": folder.path,
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_PID_FILE": folder.file("pid"),
        ]
    }
}
