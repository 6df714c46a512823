import Configuration
import Health
import Testing
import Transport

@testable import Probes

/// A running loop and all that a probe needs, for the length of one test.
struct Bench: Sendable {
    let loop: EventLoop
    let network = Network()

    /// Lends a bench; afterwards nothing may be left on its loop.
    static func use<Result>(_ body: (Bench) async throws -> Result) async throws -> Result {
        let bench = Bench(loop: try EventLoop())
        try bench.loop.start(named: "bench")
        defer { bench.loop.stop() }
        let result = try await body(bench)
        let load = await bench.loop.load
        #expect(load.slots == 0 && load.timers == 0, "something is left on the loop")
        return result
    }

    /// Makes the probe of a check, given as the YAML of its mapping: `url: "redis://…"`.
    func probe(_ yaml: String) throws -> any Probe {
        let (definition, complaints) = Self.load(yaml)
        guard let definition else { throw Complaints(description: complaints.joined(separator: "\n")) }
        return try ProbeTypes.type(named: definition.type.name).make(definition, network)
    }

    /// Probes once.
    func run(_ probe: any Probe, within patience: Duration = .seconds(30)) async -> ProbeOutcome {
        await attempt(probe, within: patience, on: loop)
    }

    /// Makes a probe and probes once.
    func run(_ yaml: String, within patience: Duration = .seconds(30)) async throws -> ProbeOutcome {
        await run(try probe(yaml), within: patience)
    }

    /// The code of one probe; nil for a pass.
    func code(_ yaml: String, within patience: Duration = .seconds(30)) async throws -> String? {
        try await run(yaml, within: patience).failure?.code.description
    }

    /// The sentence of one probe; nil for a pass.
    func sentence(_ yaml: String, within patience: Duration = .seconds(30)) async throws -> String? {
        try await run(yaml, within: patience).failure?.sentence
    }

    /// The check called `c` that a YAML mapping defines, and what the loader says of it.
    static func load(_ yaml: String) -> (CheckDefinition?, [String]) {
        let lines = yaml.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
        let text = (["checks:", "  c:"] + lines).joined(separator: "\n") + "\n"
        let files = FileReader { path, limit throws(FileReader.Failure) in
            path == "a.yaml" ? Array(text.utf8) : try FileReader.system.read(path, limit)
        }
        let loader = ConfigurationLoader(types: ProbeTypes.all.map(\.check), environment: [:], files: files)
        let (configuration, diagnostics) = loader.load(CommandLineOptions(config: "a.yaml"))
        return (configuration?.checks.first, diagnostics.sorted.map(\.description))
    }
}

/// What the loader said of a check that a test took to be valid.
struct Complaints: Error, CustomStringConvertible {
    let description: String
}

private func attempt(_ probe: any Probe, within patience: Duration, on loop: isolated EventLoop) async -> ProbeOutcome {
    await probe.run(until: loop.now + patience, on: loop)
}

extension Probe {
    /// Opens a connection to be kept that takes its questions in steps.
    func openStepwise(on loop: isolated EventLoop) async -> (any StepwiseConnection)? {
        let (_, connection) = await open(until: loop.now + .seconds(30), on: loop)
        return if case .stepwise(let connection) = connection { connection } else { nil }
    }
}
