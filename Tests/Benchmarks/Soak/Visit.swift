import Foundation
import TestSupport

/// What one client does from its coming to its going.
struct Visit {
    enum Manner: CaseIterable {
        /// Asks several times on one connection.
        case kept
        /// Has the server close after one answer.
        case short
        /// Ends its own side after the question.
        case halfClosed
        /// Resets in the middle of a question, or of the answer.
        case reset
        /// Comes, says nothing, or half a question, and leaves.
        case idle
        /// Has an answer held back, and takes it.
        case waiting
        /// Has answers held back on many connections, and leaves before they come.
        case leaving
    }

    let manner: Manner
    let target: String
    /// What may come.
    private let statuses: Set<Int>

    /// For how long an answer is held back at most, in seconds.
    private static let longestWait = 10
    private static let patience = Duration.seconds(5)

    static func random(of checks: [Check], using random: inout SeededGenerator) -> Visit {
        let manner = Manner.allCases.randomElement(using: &random) ?? .kept
        let gates = ["/ready", "/startup", "/ready/\(checks.randomElement(using: &random)?.name ?? "")"]
        let gate = gates.randomElement(using: &random) ?? "/ready"
        if manner == .waiting || manner == .leaving {
            let seconds = Int.random(in: 1...longestWait, using: &random)
            return Visit(manner: manner, target: "\(gate)?wait=\(seconds)s", statuses: [200, 503])
        }
        let others: [(String, Set<Int>)] = [
            ("/ready?verbose", [200, 503]), ("/ready?verbose", [200, 503]), ("/ready?format=text", [200, 503]),
            ("/metrics", [200]), ("/healthz", [200]), ("/openapi.yaml", [200]), ("/nothing", [404]),
            ("/ready?what", [400]), (gate, [200, 503]), (gate, [200, 503]),
        ]
        let (target, statuses) = others.randomElement(using: &random) ?? ("/ready", [200, 503])
        return Visit(manner: manner, target: target, statuses: statuses)
    }

    /// Makes the visit.
    ///
    /// - Returns: what was wrong with the answer, nil where nothing was, or none was waited for.
    func complaint(about gateway: ServerAddress, _ random: inout SeededGenerator) -> String? {
        do {
            switch manner {
            case .kept: return try askAgain(gateway, &random)
            case .short: return try complaint(about: answer(of: gateway, headers: "Connection: close\r\n"))
            case .halfClosed: return try complaint(about: answer(of: gateway, isLast: true))
            case .reset: try breakOff(gateway, &random)
            case .idle: try stay(gateway, &random)
            case .waiting: return try wait(gateway)
            case .leaving: try waitAndLeave(gateway, &random)
            }
            return nil
        } catch { return "\(manner): \(error)" }
    }

    private func question(headers: String = "") -> String {
        "GET \(target) HTTP/1.1\r\nHost: localhost\r\n\(headers)\r\n"
    }

    private func askAgain(_ gateway: ServerAddress, _ random: inout SeededGenerator) throws -> String? {
        let client = SimpleHTTPClient(gateway, within: Self.patience)
        for _ in 0..<Int.random(in: 2...20, using: &random) {
            let reply = try client.exchangeBlocking(question())
            if let complaint = complaint(about: reply) { return complaint }
            // The gateway closes after what is wrong.
            guard client.isConnected else { break }
            usleep(.random(in: 0...20_000, using: &random))
        }
        client.close()
        return nil
    }

    private func answer(of gateway: ServerAddress, headers: String = "", isLast: Bool = false) throws -> HTTPReply {
        let client = SimpleHTTPClient(gateway, within: Self.patience)
        return try client.exchangeBlocking(question(headers: headers), endsWriting: isLast)
    }

    private func breakOff(_ gateway: ServerAddress, _ random: inout SeededGenerator) throws {
        let bytes = Array(question().utf8)
        let socket = try PlainSocket.connect(to: gateway)
        try socket.write(Array(bytes.prefix(.random(in: 0...bytes.count, using: &random))))
        usleep(.random(in: 0...3_000, using: &random))
        socket.reset()
    }

    private func stay(_ gateway: ServerAddress, _ random: inout SeededGenerator) throws {
        let socket = try PlainSocket.connect(to: gateway)
        if Bool.random(using: &random) { try socket.write(Array("GET /ready HTT".utf8)) }
        usleep(.random(in: 0...4_000_000, using: &random))
        socket.close()
    }

    private func wait(_ gateway: ServerAddress) throws -> String? {
        let start = ContinuousClock.now
        let client = SimpleHTTPClient(gateway, within: .seconds(Self.longestWait) + Self.patience)
        let reply = try client.exchangeBlocking(question())
        let time = start.duration(to: .now)
        client.close()
        guard reply.status == 503 else { return complaint(about: reply) }
        let seconds = target.split(separator: "=").last.flatMap { Int($0.dropLast()) } ?? 0
        return time < .seconds(seconds) ? "503 after \(time), sooner than asked for" : nil
    }

    private func waitAndLeave(_ gateway: ServerAddress, _ random: inout SeededGenerator) throws {
        let sockets = try (0..<Int.random(in: 1...12, using: &random))
            .map { _ in
                let socket = try PlainSocket.connect(to: gateway)
                try socket.write(Array(question().utf8))
                return socket
            }
        usleep(.random(in: 0...2_000_000, using: &random))
        for socket in sockets { if Bool.random(using: &random) { socket.reset() } else { socket.close() } }
    }

    private func complaint(about reply: HTTPReply) -> String? {
        guard statuses.contains(reply.status) else { return "\(manner): status \(reply.status)" }
        return target == "/ready?verbose" ? contradiction(in: reply) : nil
    }

    /// All checks are required: the gate is open where none fails, and then only.
    private func contradiction(in reply: HTTPReply) -> String? {
        guard let root = (try? JSONSerialization.jsonObject(with: Data(reply.body))) as? [String: Any],
            let isOpen = root["open"] as? Bool, let checks = root["checks"] as? [String: [[String: Any]]]
        else { return "no health document" }
        let failing = checks.filter { $0.value.contains { $0["status"] as? String == "fail" } }.map(\.key)
        guard isOpen == failing.isEmpty, isOpen == (reply.status == 200) else {
            return "status \(reply.status), open \(isOpen), failing \(failing.sorted())"
        }
        return nil
    }
}
