import Foundation

extension RedisServer {
    static let supportUser = "support"
    static let supportPassword = "support-secret"

    /// Sends one command as an all-powerful user and returns the reply: a string as it is, an error with its `-`, a number
    /// or nil as text, an array's elements as lines.
    @discardableResult
    package func command(_ words: String..., within bound: Duration = .seconds(30)) async throws -> String {
        try await onThread { try self.exchange(words, within: bound) }
    }

    /// Fills the data set and saves it, so that the next start loads for minutes (`-LOADING`); `finishLoading` ends that.
    package func prepareLoading() async throws {
        // Each key waits for 20 ms, and after each (1 KiB) the server serves its clients. Five thousand last 100 s.
        try await command("DEBUG", "POPULATE", "5000", "key", "1100")
        try await command("SAVE")
        try process.folder.append("key-load-delay 20000\n", to: "redis.conf")
    }

    /// Fills the data set and starts the server anew, so that it loads; `finishLoading` ends that.
    package func startLoading() async throws {
        try await prepareLoading()
        try await restart(waitUntilReady: false)
        try await onThread {
            try self.process.waitUntilReady("Redis loading", within: .seconds(30)) {
                (try? self.exchange(["PING"], within: .seconds(1)))?.hasPrefix("-LOADING") ?? false
            }
        }
    }

    /// Lets a loading server load the rest at full speed, and waits until it is ready.
    package func finishLoading() async throws {
        try await command("CONFIG", "SET", "key-load-delay", "0")
        try process.folder.append("key-load-delay 0\n", to: "redis.conf")
        try await eventually("loaded data set") { try await command("PING") == "PONG" }
    }

    /// Keeps the server busy with an endless script (`-BUSY`) until `endScript`.
    package func startEndlessScript() async throws {
        try await command("CONFIG", "SET", "busy-reply-threshold", "20")
        let socket = try connect()
        try socket.write(Self.request(["EVAL", "while true do end", "0"]))
        try await eventually("busy server") {
            (try? await command("PING", within: .seconds(1)))?.hasPrefix("-BUSY") ?? false
        }
    }

    /// Kills the endless script.
    package func endScript() async throws {
        try await command("SCRIPT", "KILL")
        try await eventually("server no longer busy") { try await command("PING") == "PONG" }
    }

    /// Makes this one-node cluster whole by giving it all slots, and waits until it says so.
    package func takeAllSlots() async throws {
        try await command("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
        try await eventually("whole cluster") { try await command("CLUSTER", "INFO").contains("cluster_state:ok") }
    }

    func exchange(_ words: [String], within bound: Duration) throws -> String {
        let socket = try connect()
        try socket.write(Self.request(words))
        return try RedisReply.read(from: socket, within: bound)
    }

    private func connect() throws -> PlainSocket {
        let socket = try PlainSocket.connect(to: .unix(path: unixSocketPath))
        try socket.write(Self.request(["AUTH", Self.supportUser, Self.supportPassword]))
        let reply = try RedisReply.read(from: socket, within: .seconds(5))
        // A server at its limit says so and closes; while it loads or is busy it lets nobody log in but answers all the same.
        guard reply == "OK" || reply.hasPrefix("-LOADING") || reply.hasPrefix("-BUSY") else {
            throw ServerFailure("Redis: \(reply)", log: process.logTail)
        }
        return socket
    }

    private static func request(_ words: [String]) -> [UInt8] {
        Array((["*\(words.count)"] + words.flatMap { ["$\($0.utf8.count)", $0] }).joined(separator: "\r\n").utf8) + [
            13, 10,
        ]
    }
}

/// Reads one reply of the Redis protocol (RESP2) as text.
private enum RedisReply {
    static func read(from socket: PlainSocket, within bound: Duration) throws -> String {
        var buffer: [UInt8] = []
        while true {
            var position = 0
            if let text = parse(buffer, &position) { return text }
            let more = try socket.read(within: bound)
            guard !more.isEmpty else { throw SystemFailure("Redis closed the connection", code: ECONNRESET) }
            buffer += more
        }
    }

    private static func parse(_ bytes: [UInt8], _ position: inout Int) -> String? {
        guard let end = bytes[position...].firstIndex(of: 13), end + 1 < bytes.count else { return nil }
        let line = String(decoding: bytes[position..<end], as: UTF8.self)
        position = end + 2
        let rest = String(line.dropFirst())
        switch line.first {
        case "$":
            guard let count = Int(rest), count >= 0 else { return "(nil)" }
            guard position + count + 2 <= bytes.count else { return nil }
            defer { position += count + 2 }
            return String(decoding: bytes[position..<position + count], as: UTF8.self)
        case "*":
            var elements: [String] = []
            for _ in 0..<max(Int(rest) ?? 0, 0) {
                guard position < bytes.count, let element = parse(bytes, &position) else { return nil }
                elements.append(element)
            }
            return elements.joined(separator: "\n")
        case "-": return line
        default: return rest
        }
    }
}
