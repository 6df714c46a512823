import Configuration
import Foundation
import Health
import TestSupport
import Testing
import Transport

@testable import Probes

/// A PostgreSQL check made from a URL as the gateway makes it, with a loop of its own to run on.
final class PostgreSQLCheck: Sendable {
    let probe: any Probe
    let loop: EventLoop

    /// Options are those of the URL's fragment.
    init(_ url: String, _ options: [String: String] = [:]) throws {
        loop = try EventLoop()
        try loop.start(named: "test")
        let (definition, diagnostics) = Self.load(url, options)
        let found = try #require(definition, "\(diagnostics)")
        probe = try ProbeType.type(of: found).make(found, Network())
    }

    /// A check of a real server, as its superuser over TCP.
    convenience init(
        _ server: PostgreSQLServer,
        user: String = PostgreSQLServer.superuser,
        password: String? = PostgreSQLServer.superuserPassword,
        database: String = "postgres",
        port: UInt16? = nil,
        _ options: [String: String] = [:]
    ) throws {
        let secret = password.map { ":\($0)" } ?? ""
        try self.init("postgres://\(user)\(secret)@127.0.0.1:\(port ?? server.port)/\(database)", options)
    }

    deinit { loop.stop() }

    static func load(_ url: String, _ options: [String: String] = [:]) -> (CheckDefinition?, [String]) {
        let pieces = options.sorted { $0.key < $1.key }.map { "\($0.key)=\(encoded($0.value))" }
        let text = pieces.isEmpty ? url : "\(url)#\(pieces.joined(separator: "&"))"
        let loader = ConfigurationLoader(types: ProbeTypes.all.map(\.check), environment: ["URL": text], files: .system)
        let (definition, diagnostics) = loader.loadCheck("env:URL")
        return (definition, diagnostics.sorted.map(\.description))
    }

    /// Runs the probe once, and checks that it came back in time and left nothing on the loop.
    func run(
        within time: Duration = .seconds(20),
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) async -> ProbeOutcome {
        let (outcome, excess) = await run(within: time, on: loop)
        // Generous: only what waits for something else than the deadline is as late.
        #expect(excess < .seconds(10), "it came \(excess) after its deadline", sourceLocation: sourceLocation)
        let load = await loop.load
        #expect(load.slots == 0 && load.timers == 0, "\(load) stayed on the loop", sourceLocation: sourceLocation)
        return outcome
    }

    /// On the loop, as the scheduler does: on a busy machine the way there is no part of the time.
    private func run(within time: Duration, on loop: isolated EventLoop) async -> (ProbeOutcome, excess: Duration) {
        let deadline = loop.now + time
        let outcome = await probe.run(until: deadline, on: loop)
        return (outcome, deadline.duration(to: loop.now))
    }

    /// Waits until the server has done with the last run, as the scheduler does.
    func settle() async {
        await (probe as? PostgreSQLProbe)?.settle(on: loop)
    }

    /// The code of one run, `passed` where there is none.
    func code(within time: Duration = .seconds(20), sourceLocation: Testing.SourceLocation = #_sourceLocation) async
        -> String
    {
        let outcome = await run(within: time, sourceLocation: sourceLocation)
        return outcome.failure?.code.description ?? "passed"
    }

    /// The sentence of one run, `passed` where there is none.
    func sentence(within time: Duration = .seconds(20)) async -> String {
        await run(within: time).failure?.sentence ?? "passed"
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
    }
}

extension ProbeType {
    fileprivate static func type(of definition: CheckDefinition) -> ProbeType {
        ProbeTypes.type(named: definition.type.name)
    }
}
