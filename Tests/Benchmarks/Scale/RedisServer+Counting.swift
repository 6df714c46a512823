import BenchmarkSupport
import Foundation
import TestSupport

extension RedisServer {
    /// How many PINGs it has been sent since it began.
    func pingCount() async throws -> Double {
        // cmdstat_ping:calls=12,usec=30,…
        let line = try await command("INFO", "commandstats").split(whereSeparator: \.isNewline)
            .first { $0.hasPrefix("cmdstat_ping:calls=") }
        return line?.split { $0 == "=" || $0 == "," }.dropFirst().first.flatMap { Double($0) } ?? 0
    }

    /// By how many milliseconds PINGs missed the moment one second after the PING a round before.
    ///
    /// Checks keep their order from second to second, so that this needs no word of who sent what.
    func lateness(ofRoundsOf count: Int) async throws -> Samples {
        let times = try await onThread { [port] in try Self.pingTimes(port: port, for: .milliseconds(2_500)) }
        return Samples(zip(times.dropFirst(count), times).map { abs($0 - $1 - 1) * 1_000 })
    }

    /// When PINGs came, in seconds.
    private static func pingTimes(port: UInt16, for duration: Duration) throws -> [Double] {
        let socket = try PlainSocket.connect(to: .loopback(port))
        try socket.write(Array("MONITOR\r\n".utf8))
        let end = ContinuousClock.now + duration
        var text: [UInt8] = []
        while ContinuousClock.now < end {
            if let more = try? socket.read(within: .milliseconds(200)) { text += more }
        }
        // +1700000000.123456 [0 127.0.0.1:54321] "PING"
        return text.split(separator: 0x0a)
            .compactMap { line in
                guard line.dropLast().suffix(6).elementsEqual("\"PING\"".utf8) else { return nil }
                return Double(String(decoding: line.dropFirst().prefix { $0 != 0x20 }, as: UTF8.self))
            }
    }
}
