import Foundation
import TestSupport

/// Clients that are slow, many or hostile: rows 32 to 36.
let clientRows: [Row] = [
    .run(32, "3,000 clients: idle, with slow heads, and not reading", alone: true) {
        try await besideSilentServer { gateway in
            let address = ServerAddress.loopback(gateway.port)
            let slow = try await onThread { () throws -> Bool in
                let asked = Array(String(repeating: "GET /openapi.yaml HTTP/1.1\r\nHost: h\r\n\r\n", count: 4).utf8)
                var crowd: [PlainSocket] = []
                for number in 0..<3_000 {
                    let socket = try PlainSocket.connect(to: address)
                    // The gateway may have closed it already, as it must make room.
                    if number % 3 == 1 { try? socket.write(Array("GET /ready HTTP/1.1\r\nX: ".utf8)) }
                    if number % 3 == 2 { try? socket.write(asked) }
                    crowd.append(socket)
                }
                for _ in 0..<10 {
                    for number in stride(from: 1, to: crowd.count, by: 3) { try? crowd[number].write([0x78]) }
                    Thread.sleep(forTimeInterval: 1)
                }
                // The last with a slow head has been at it for 10 s; its deadline is 5 s.
                return try isOpen(crowd[crowd.count - 2])
            }
            try demand(!slow, "a head that takes 10 s is still waited for")
        }
    },
    .run(33, "10,000 long-polls, then one state change", within: .seconds(120), alone: true) {
        guard WaitingCrowd.allowDescriptors(14_200) else {
            throw Skipped(reason: "it takes 14,200 descriptors a process, more than ulimit -Hn grants")
        }
        let port = FreePort.find()
        let setting = GatewayUnderTest.Setting(
            checks: ["db=tcp://127.0.0.1:\(port)\(Tempo.usual.options)"],
            configuration: "limits: {connections: 14000, waiters: 10000}\n",
            startsReady: false
        )
        try await GatewayUnderTest.run(setting) { gateway in
            let crowd = WaitingCrowd(of: 10_000, at: gateway.port)
            try await crowd.wait()
            let surplus = try await gateway.get("/ready?wait=5m")
            try demand(surplus.status == 503 && surplus["Retry-After"] == "1", "above the cap it is \(surplus.status)")
            let server = try ScriptedServer(.silent, at: .tcp(host: "127.0.0.1", port: port))
            try await crowd.receiveAll()
            server.stop()
            try await gateway.expect("ready", "connect.refused", within: Tempo.usual.detection)
            try await crowd.wait()
            let (spent, start) = (Footprint.processorTime(of: gateway.process), ContinuousClock.now)
            crowd.leave()
            try await crowd.expectWaiters(0)
            let busy = Footprint.processorTime(of: gateway.process) - spent
            try demand(busy < 5, "it is busy for \(busy) s with those who leave")
            try demand(.now - start < .seconds(10), "it takes \(.now - start) to forget those who leave")
        }
    },
    .run(34, "malformed requests, smuggling, huge headers", within: .seconds(90)) {
        try await besideSilentServer { gateway in
            let address = ServerAddress.loopback(gateway.port)
            let complaints = try await withThrowingTaskGroup { group in
                for request in MalformedRequest.all {
                    group.addTask {
                        do {
                            let answer = try await onThread { try converse(request.bytes, with: address) }
                            return request.complaint(about: answer)
                        } catch { return "\(request): \(error)" }
                    }
                }
                return try await group.reduce(into: [String]()) { if let complaint = $1 { $0.append(complaint) } }
            }
            try demand(complaints.isEmpty, complaints.sorted().joined(separator: "; "))
        }
    },
    .run(35, "pipelining, half-close, a storm of resets, connect churn") {
        try await besideSilentServer { gateway in
            let address = ServerAddress.loopback(gateway.port)
            try await onThread {
                let request = Array("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n".utf8)
                let many = Array([[UInt8]](repeating: request, count: 20).joined())
                // Half-closed after the last.
                let answer = try converse(many, with: address, isOver: true)
                let count = answer.components(separatedBy: "HTTP/1.1 200 OK").count - 1
                try demand(count == 20, "\(count) of 20 pipelined requests were answered")
                for number in 0..<1_000 {
                    let socket = try PlainSocket.connect(to: address)
                    if number % 3 > 0 { try? socket.write(Array(many.prefix(number % 3 == 1 ? 10 : many.count))) }
                    socket.reset()
                }
                for _ in 0..<2_000 { try PlainSocket.connect(to: address).close() }
            }
            try await gateway.expect("ready", "pass", within: .seconds(2))
        }
    },
    .run(36, "1,000 distinct paths and agents") {
        try await besideSilentServer { gateway in
            let client = SimpleHTTPClient(port: gateway.port)
            for number in 0..<3 {
                _ = try await client.get("/nothing\(number)", headers: ["User-Agent": "agent/\(number)"])
            }
            let before = try await gateway.metrics().count
            for number in 0..<1_000 {
                let reply = try await client.get("/path\(number)", headers: ["User-Agent": "agent/\(number)"])
                try demand(reply.status == 404, "/path\(number) is \(reply.status)")
                _ = try await client.get("/ready/n\(number)")
            }
            let after = try await gateway.metrics().count
            try demand(after <= before + 1, "/metrics grew from \(before) series to \(after)")
            try demand(!gateway.executable.errorOutput.contains("agent/"), "the log repeats agents")
        }
    },
]

/// A gateway with one check, of a server that accepts and says nothing: a bare connection is a pass.
private func besideSilentServer(_ body: (GatewayUnderTest) async throws -> Void) async throws {
    let upstream = try ScriptedServer(.silent)
    try await GatewayUnderTest.run(
        checks: "db=tcp://\(upstream.address)\(Tempo.usual.options)",
        keeping: upstream,
        body: body
    )
}

/// Says something and hears everything until the gateway closes; throws where it has not 30 s after its last word.
private func converse(_ bytes: [UInt8], with address: ServerAddress, isOver: Bool = false) throws -> String {
    let socket = try PlainSocket.connect(to: address)
    // The gateway may have answered and closed before the last byte.
    try? socket.write(bytes)
    if isOver { socket.finishWriting() }
    var answer: [UInt8] = []
    do {
        while let more = try readOrReset(socket), !more.isEmpty { answer += more }
    } catch { throw Shortfall("not closed after: \(String(decoding: answer.suffix(200), as: UTF8.self))") }
    return String(decoding: answer, as: UTF8.self)
}

/// Nil where the connection was reset.
private func readOrReset(_ socket: PlainSocket) throws -> [UInt8]? {
    do { return try socket.read(within: .seconds(30)) } catch let failure as SystemFailure
        where failure.code == ECONNRESET
    {
        return nil
    }
}

/// Whether the gateway has not closed a connection; what it said is passed over.
private func isOpen(_ socket: PlainSocket) throws -> Bool {
    do {
        while let more = try? socket.read(within: .milliseconds(200)) { if more.isEmpty { return false } }
        try socket.write([0x78])
        return true
    } catch { return false }
}
