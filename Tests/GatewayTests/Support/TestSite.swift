import Logging
import MicroHTTP
import TestSupport

/// A running server on loopback, and clients of it.
final class TestSite: Sendable {
    private let server: Server

    init(
        addresses: [ListenAddress],
        limits: ServerLimits,
        room: WaitingRoom,
        log: RecordingLog,
        handler: @escaping Server.Handler
    ) throws {
        server = Server(
            addresses: addresses,
            limits: limits,
            room: room,
            log: { event in log.logger.debug("\(event)") },
            handler: handler
        )
        try server.start()
    }

    deinit { server.stop(within: .zero) }

    /// The port of a listener, by its position.
    func port(_ listener: Int = 0) -> UInt16 {
        guard case .tcp(_, let port) = server.boundAddresses[listener] else { preconditionFailure("not TCP") }
        return port
    }

    func client(_ listener: Int = 0) -> TestClient {
        TestClient(site: self, http: SimpleHTTPClient(port: port(listener)))
    }

    func get(_ target: String, _ headers: [String: String] = [:], by listener: Int = 0) async throws -> HTTPReply {
        try await client(listener).get(target, headers: headers)
    }

    /// The answer's status alone.
    func status(_ target: String, _ headers: [String: String] = [:], by listener: Int = 0) async throws -> Int {
        try await get(target, headers, by: listener).status
    }
}

/// A client that keeps the server alive.
struct TestClient: Sendable {
    fileprivate let site: TestSite
    let http: SimpleHTTPClient

    func get(_ target: String, headers: [String: String] = [:]) async throws -> HTTPReply {
        try await http.get(target, headers: headers)
    }

    func request(_ method: String, _ target: String) async throws -> HTTPReply {
        try await http.request(method, target)
    }
}
