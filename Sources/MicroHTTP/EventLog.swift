internal import Synchronization

/// Hands events to whoever writes the log, and never more than a reader can take.
final class EventLog: Sendable {
    private let write: @Sendable (ServerEvent) -> Void
    private let limits = Mutex(Limits())

    private struct Limits {
        var messages = RateLimit(burst: 5, per: .seconds(10))
        var exhausted = RateLimit(burst: 1, per: .seconds(60))
        var crowded = RateLimit(burst: 1, per: .seconds(60))
    }

    init(write: @escaping @Sendable (ServerEvent) -> Void) {
        self.write = write
    }

    /// `bytes` may hold what a client sent: only printable ASCII is kept, the rest is escaped, and 256 characters at most.
    func library(message bytes: UnsafePointer<CChar>) {
        guard let suppressed = limits.withLock({ $0.messages.admit(now: .now) }) else { return }
        write(.libraryMessage(text: printable(bytes), suppressed: suppressed))
    }

    func exhausted(_ address: ListenAddress) {
        guard limits.withLock({ $0.exhausted.admit(now: .now) }) != nil else { return }
        write(.descriptorsExhausted(address: address))
    }

    func crowded(limit: Int) {
        guard limits.withLock({ $0.crowded.admit(now: .now) }) != nil else { return }
        write(.connectionsCrowded(limit: limit))
    }

    func reduced(to connections: Int, from wanted: Int) {
        write(.connectionsReduced(to: connections, from: wanted))
    }
}

private func printable(_ bytes: UnsafePointer<CChar>) -> String {
    let longest = 256
    var text = ""
    var cursor = bytes
    while cursor.pointee != 0, text.utf8.count < longest {
        let byte = UInt8(bitPattern: cursor.pointee)
        switch byte {
        case UInt8(ascii: "\n") where cursor[1] == 0: break
        case UInt8(ascii: "\\"): text += "\\\\"
        case 0x20...0x7E: text.unicodeScalars.append(Unicode.Scalar(byte))
        default:
            let digits = String(byte, radix: 16)
            text += digits.utf8.count == 1 ? "\\x0\(digits)" : "\\x\(digits)"
        }
        cursor += 1
    }
    return text
}
