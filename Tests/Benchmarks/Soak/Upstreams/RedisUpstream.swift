import TestSupport

/// A real Redis, with a check that holds its connection and one that does not.
struct RedisUpstream: Upstream {
    let name: String
    let checks: [Check]
    let disturbances: [Disturbance] = [.killed, .killed, .frozen, .restarted, .denied, .stalled, .dropped]
    private let server: RedisServer

    init(_ name: String) async throws {
        self.name = name
        server = try await RedisServer.start()
        let url = "redis://127.0.0.1:\(server.port)"
        checks = [
            Check(name: name, url: url, manner: .held, options: Check.canaryOption),
            Check(name: "\(name)-fresh", url: url, manner: .fresh),
        ]
    }

    func disturb(_ disturbance: Disturbance) async throws -> ContinuousClock.Instant {
        let now = ContinuousClock.now
        switch disturbance {
        case .killed: return try await server.kill9()
        case .frozen, .stalled: return server.freeze()
        case .restarted: try await server.restart(waitUntilReady: false)
        case .denied: try await server.command("CONFIG", "SET", "requirepass", "another")
        case .dropped: try await server.command("CLIENT", "KILL", "TYPE", "normal")
        case .refused, .failing: preconditionFailure("not for Redis")
        }
        return now
    }

    func mend(_ disturbance: Disturbance) async throws -> ContinuousClock.Instant {
        let now = ContinuousClock.now
        switch disturbance {
        case .killed: try await server.start(waitUntilReady: false)
        case .frozen, .stalled: return server.thaw()
        case .denied: try await server.command("CONFIG", "SET", "requirepass", "")
        default: break
        }
        return now
    }

    func answers() -> Bool {
        guard let socket = try? PlainSocket.connect(to: .loopback(server.port)),
            (try? socket.write(Array("PING\r\n".utf8))) != nil,
            let answer = try? socket.read(within: .seconds(5))
        else { return false }
        return answer.starts(with: "+PONG".utf8)
    }

    func stop() { server.stop() }
}
