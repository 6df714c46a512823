import TestSupport

/// Where examples run: the image's root, files that an orchestrator would mount, and names that lead to real servers.
final class Stage {
    let services = NamedServices()
    let folder: TemporaryFolder
    private var files: [String: String]
    private var roots: [ImageRoot] = []
    private var gateways: [RunningGateway] = []
    private var runs: [Executable] = []

    /// - Parameter secrets: what stands in files of the image, by their paths there.
    init(_ secrets: [String: String] = [:]) throws {
        folder = try TemporaryFolder("stage")
        files = ["/etc/hosts": folder.file("hosts")]
        for (number, (path, text)) in secrets.enumerated() {
            try folder.write(text, to: "secret-\(number)")
            files[path] = folder.file("secret-\(number)")
        }
    }

    deinit {
        for gateway in gateways { gateway.executable.stop() }
        for run in runs { run.stop() }
        services.stop()
        folder.remove()
    }

    func run(_ container: ExampleContainer, files more: [String: String] = [:]) async throws -> RunningGateway {
        try await run(container.arguments, environment: container.environment, files: more)
    }

    /// Starts a gateway with these arguments in a root of its own, on a free port; it lives as long as the stage.
    func run(
        _ arguments: [String],
        environment: [String: String] = [:],
        files more: [String: String] = [:]
    ) async throws -> RunningGateway {
        let root = try makeRoot(more)
        let gateway = try await RunningGateway(
            arguments: arguments,
            environment: environment,
            wrapper: root.wrapper,
            program: ImageRoot.program
        )
        gateways.append(gateway)
        return gateway
    }

    /// Starts a container that is no gateway; it lives as long as the stage.
    func start(_ container: ExampleContainer, files more: [String: String] = [:]) throws -> Executable {
        let root = try makeRoot(more)
        let run = try Executable(
            Array(root.wrapper.dropFirst()) + [ImageRoot.program] + container.arguments,
            environment: container.environment,
            program: Tool.find(root.wrapper[0])
        )
        runs.append(run)
        return run
    }

    private func makeRoot(_ more: [String: String]) throws -> ImageRoot {
        try folder.write(services.hosts, to: "hosts")
        let root = try ImageRoot.scratch(files: files.merging(more) { $1 })
        roots.append(root)
        return root
    }

    /// Runs the health check of the image in a running container, as a container engine does.
    func isHealthy(_ container: ExampleContainer, _ gateway: RunningGateway) async throws -> Bool {
        let environment = container.environment.merging(["ALLCLEAR_LISTEN": "127.0.0.1:\(gateway.port)"]) { $1 }
        return try await roots[0].run(ImageSource.healthCheck(), environment: environment).process.outcome == .exited(0)
    }
}
