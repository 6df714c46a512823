import Foundation

/// Messages of the domain name system (RFC 1035), as much of them as `FakeNameServer` needs.
enum NameMessage {
    /// The question of a query.
    struct Question {
        var identifier: UInt16
        var name: String
        var type: UInt16
        /// The question section as it came, to be echoed.
        var section: [UInt8]
        /// How long an answer over UDP may be: 512 bytes, or what the query's OPT record says (RFC 6891).
        var datagramLimit = 512

        init?(_ bytes: [UInt8]) {
            guard bytes.count > 16 else { return nil }
            identifier = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
            var labels: [String] = []
            var position = 12
            while position < bytes.count, bytes[position] != 0 {
                let end = position + 1 + Int(bytes[position])
                guard end < bytes.count else { return nil }
                labels.append(String(decoding: bytes[position + 1..<end], as: UTF8.self))
                position = end
            }
            guard position + 5 <= bytes.count else { return nil }
            name = labels.joined(separator: ".").lowercased()
            type = UInt16(bytes[position + 1]) << 8 | UInt16(bytes[position + 2])
            section = Array(bytes[12..<position + 5])
            let extra = bytes.dropFirst(position + 5)
            if extra.count >= 11, Array(extra.prefix(3)) == [0, 0, 41] {
                datagramLimit = max(512, Int(bytes[position + 8]) << 8 | Int(bytes[position + 9]))
            }
        }
    }

    /// What is sent, and when.
    struct Plan {
        var bytes: [UInt8]?
        var delay: Duration?
    }

    private static let typeA: UInt16 = 1
    private static let typeAlias: UInt16 = 5
    private static let typeAAAA: UInt16 = 28

    /// Works out what `answer` means for a question; `earlier` questions of the same name and type came before.
    static func plan(
        _ question: Question,
        _ answer: NameAnswer,
        zone: [String: NameAnswer],
        earlier: Int,
        overTCP: Bool
    ) -> Plan {
        func plan(_ answer: NameAnswer) -> Plan {
            Self.plan(question, answer, zone: zone, earlier: earlier, overTCP: overTCP)
        }
        switch answer {
        case .silent: return Plan()
        case .garbage:
            let noise = (0..<40).map { UInt8(truncatingIfNeeded: 0xff &- $0 &* 31) }
            return Plan(bytes: [UInt8(question.identifier >> 8), UInt8(question.identifier & 0xff)] + noise)
        case .nameError: return Plan(bytes: message(question, code: 3))
        case .serverFailure: return Plan(bytes: message(question, code: 2))
        case .refused: return Plan(bytes: message(question, code: 5))
        case .noData: return Plan(bytes: message(question))
        case .families(let ipv4, let ipv6): return plan(question.type == typeAAAA ? ipv6 : ipv4)
        case .alternating(let answers): return answers.isEmpty ? Plan() : plan(answers[earlier % answers.count])
        case .slow(let delay, let answer): return Plan(bytes: plan(answer).bytes, delay: delay)
        case .truncated(let answer):
            return overTCP ? plan(answer) : Plan(bytes: message(question, truncated: true))
        case .wrongIdentifier(let answer):
            var inner = plan(answer)
            inner.bytes?[1] &+= 1
            return inner
        case .addresses, .alias, .aliasLoop:
            let records = records(of: question.name, answer, question.type, zone: zone, depth: 0)
            let whole = message(question, records: records)
            let fits = overTCP || whole.count <= question.datagramLimit
            return Plan(bytes: fits ? whole : message(question, truncated: true))
        }
    }

    private static func records(
        of name: String,
        _ answer: NameAnswer,
        _ type: UInt16,
        zone: [String: NameAnswer],
        depth: Int
    ) -> [[UInt8]] {
        switch answer {
        case .addresses(let addresses, let ttl):
            return addresses.compactMap { address in
                let isIPv6 = address.contains(":")
                guard type == (isIPv6 ? typeAAAA : typeA) else { return nil }
                var raw = [UInt8](repeating: 0, count: isIPv6 ? 16 : 4)
                inet_pton(isIPv6 ? AF_INET6 : AF_INET, address, &raw)
                return record(name, type, ttl: ttl, raw)
            }
        case .alias(let target):
            let alias = record(name, typeAlias, ttl: 5, encoded(target))
            guard depth < 8, let next = zone[target.lowercased()] else { return [alias] }
            return [alias] + records(of: target, next, type, zone: zone, depth: depth + 1)
        case .aliasLoop:
            let other = "loop.\(name)"
            return [record(name, typeAlias, ttl: 5, encoded(other)), record(other, typeAlias, ttl: 5, encoded(name))]
        default: return []
        }
    }

    private static func record(_ name: String, _ type: UInt16, ttl: UInt32, _ data: [UInt8]) -> [UInt8] {
        let head = encoded(name) + number(UInt32(type), 2) + [0, 1] + number(ttl, 4)
        return head + number(UInt32(data.count), 2) + data
    }

    /// A response (QR, AA, RD, RA set) with the question echoed.
    private static func message(
        _ question: Question,
        code: UInt8 = 0,
        truncated: Bool = false,
        records: [[UInt8]] = []
    ) -> [UInt8] {
        let flags: [UInt8] = [truncated ? 0x87 : 0x85, 0x80 | code]
        let counts = number(1, 2) + number(UInt32(records.count), 2) + [0, 0, 0, 0]
        return number(UInt32(question.identifier), 2) + flags + counts + question.section + records.joined()
    }

    private static func encoded(_ name: String) -> [UInt8] {
        name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }

    private static func number(_ value: UInt32, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
    }
}
