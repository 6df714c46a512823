import Configuration
import Glibc
import Health
import Logging
import MicroHTTP
import Synchronization
import TestSupport
import Transport

@testable import Gateway

/// The whole gateway, on a thread of its own in real time, to which a test sends signals as to a process.
final class GatewayRun: Sendable {
    let log = RecordingLog()
    let port: UInt16
    private let thread: Mutex<pthread_t?>
    private let end: Task<Void, any Error>

    /// Starts it and waits until it listens.
    ///
    /// - Parameter yaml: a configuration without `listen`, whose checks have URLs of the scheme `test`.
    init(_ yaml: String, probes: [String: ScriptedProbe] = [:]) async throws {
        let configuration = try Configuration.test("listen: ['127.0.0.1:0']\n" + yaml)
        let plan = Plan(configuration, probes: probes)
        let log = log
        let (threads, started) = AsyncStream<pthread_t>.makeStream()
        end = Task {
            try await onThread {
                // Only this thread: a signal that is sent to it waits until the gateway asks.
                let signals = Signals()
                started.yield(pthread_self())
                try Gateway(
                    configuration,
                    plan: plan,
                    network: Network(),
                    environment: [:],
                    version: "0.0.0",
                    logger: log.logger
                )
                .run(until: signals)
            }
        }
        var iterator = threads.makeAsyncIterator()
        thread = Mutex(await iterator.next())
        port = try await eventualValue("the gateway listens") {
            log.lines(with: "listening").first?.split(separator: ":").last.flatMap { UInt16($0) }
        }
    }

    func send(_ signal: Int32) {
        thread.withLock { if let thread = $0 { _ = pthread_kill(thread, signal) } }
    }

    /// Waits until everything has stopped; no signal may be sent any more.
    func waitForEnd() async throws {
        try await end.value
        thread.withLock { $0 = nil }
    }

    func get(_ target: String) async throws -> HTTPReply {
        try await SimpleHTTPClient(port: port).get(target)
    }
}
