import Foundation
import Synchronization
import TestSupport

@testable import Transport

extension ScriptedServer {
    var endpoint: Endpoint {
        switch address {
        case .tcp(let host, let port): .host(host, port: port)
        case .unix(let path): .unix(path: path)
        }
    }
}

/// Connects to a scripted server.
func connect(to server: ScriptedServer, on loop: isolated EventLoop) async throws(TransportFailure) -> Transport.Stream
{
    try await Stream.connect(
        to: server.endpoint,
        by: Connector(resolver: Resolver()),
        until: loop.now + .seconds(30),
        on: loop
    )
}

/// The failure of what must fail; nil where it does not.
func failure(
    on loop: isolated EventLoop,
    of body: @Sendable (isolated EventLoop) async throws(TransportFailure) -> Void
) async -> TransportFailure? {
    do throws(TransportFailure) {
        try await body(loop)
        return nil
    } catch {
        return error
    }
}

extension TransportFailure {
    /// `connect.refused`.
    var code: String { "\(stage.rawValue).\(reason.rawValue)" }
}

/// Holds a thread up until it is opened.
final class Gate: Sendable {
    private let condition = Mutex((isWaitedFor: false, isOpen: false))

    var isWaitedFor: Bool { condition.withLock { $0.isWaitedFor } }

    func open() {
        condition.withLock { $0.isOpen = true }
    }

    func passBlocking() {
        condition.withLock { $0.isWaitedFor = true }
        while !condition.withLock({ $0.isOpen }) { usleep(1000) }
    }
}

/// The names of the threads of this process.
func threadNames() -> Set<String> {
    let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
    let names = tasks.compactMap { try? String(contentsOfFile: "/proc/self/task/\($0)/comm", encoding: .utf8) }
    return Set(names.map { $0.trimmingCharacters(in: .newlines) })
}

/// How many descriptors this process has open.
func openDescriptors() -> Int {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
}
