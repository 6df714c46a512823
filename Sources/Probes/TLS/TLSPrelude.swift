internal import Health

/// What is said in clear where a protocol turns to TLS by a word of its own: bytes in, step out, no socket.
struct TLSPrelude {
    enum Language: String, CaseIterable, Sendable {
        /// SSLRequest (PostgreSQL manual, section "SSL Session Encryption").
        case postgres
        /// RFC 3207.
        case smtp
        /// RFC 9051 section 6.2.1.
        case imap

        /// The last words, in clear or over TLS; a mail server notes who leaves without them.
        var farewell: [UInt8] {
            switch self {
            case .postgres: []
            case .smtp: Array("QUIT\r\n".utf8)
            case .imap: Array("b LOGOUT\r\n".utf8)
            }
        }
    }

    enum Step: Hashable {
        case receive
        case send([UInt8])
        /// The server waits for the handshake.
        case secure
        case failed(FailureCode, String)

        fileprivate static func send(_ line: String) -> Step { .send(Array("\(line)\r\n".utf8)) }
        fileprivate static let malformed = failed(FailureCode(.exchange, .malformed), "no answer in the protocol")
        fileprivate static func unsupported(_ word: String) -> Step {
            .failed(FailureCode(.secure, .unsupported), word.isEmpty ? "the server does not offer TLS" : word)
        }
    }

    /// How much a server may say, in bytes.
    static let mostBytes = 16_384

    /// What the server is to answer next.
    private enum Question {
        /// Why it was connected to.
        case greeting
        case capabilities
        case tls
    }

    private let language: Language
    private var question: Question
    private var size = 0
    /// What came and is no whole line yet.
    private var buffer: [UInt8] = []
    /// The lines of an answer that goes on.
    private var lines: [Substring] = []

    init(_ language: Language) {
        self.language = language
        question = language == .postgres ? .tls : .greeting
    }

    /// What to do first: mail servers speak first, and ban who does not wait for it.
    var opening: Step {
        language == .postgres ? .send([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]) : .receive
    }

    /// Takes what the server sent and says what to do next.
    mutating func receive(_ bytes: [UInt8]) -> Step {
        size += bytes.count
        buffer += bytes
        let step = answer()
        // What comes in clear behind the agreement was put there by somebody else (CVE-2011-0411, CVE-2021-23222).
        if step == .secure, !buffer.isEmpty { return .malformed }
        return step == .receive && size > Self.mostBytes ? .malformed : step
    }

    private mutating func answer() -> Step {
        if language == .postgres { return answerToSSLRequest(buffer.removeFirst()) }
        while let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(decoding: buffer[..<end], as: UTF8.self)
            buffer.removeFirst(end + 1)
            let step = answer(to: line.hasSuffix("\r") ? line.dropLast() : Substring(line))
            if step != .receive { return step }
        }
        return .receive
    }

    private mutating func answer(to line: Substring) -> Step {
        language == .smtp ? answerToSMTP(line) : answerToIMAP(line)
    }

    private func answerToSSLRequest(_ byte: UInt8) -> Step {
        switch byte {
        case UInt8(ascii: "S"): .secure
        case UInt8(ascii: "N"): .unsupported("")
        default: .malformed
        }
    }
}

// MARK: - Mail

extension TLSPrelude {
    /// RFC 5321 section 4.2: three digits, and a hyphen where the answer goes on.
    private mutating func answerToSMTP(_ line: Substring) -> Step {
        let digits = line.prefix(3)
        guard digits.utf8.count == 3, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return .malformed }
        lines.append(line.dropFirst(3))
        if lines.last?.first == "-" { return .receive }
        defer { lines = [] }
        switch (question, digits) {
        case (_, "421"): return .failed(FailureCode(.exchange, .busy), String(line))
        case (.greeting, "220"):
            question = .capabilities
            return .send("EHLO allclear.invalid")
        case (.greeting, _):
            let reason: FailureCode.Reason = digits.first == "4" ? .busy : .refused
            return .failed(FailureCode(.exchange, reason), String(line))
        case (.capabilities, "250") where lines.contains { $0.dropFirst().uppercased() == "STARTTLS" }:
            question = .tls
            return .send("STARTTLS")
        case (.tls, "220"): return .secure
        case (.capabilities, "250"): return .unsupported("")
        case (.capabilities, _), (.tls, _): return .unsupported(String(line))
        }
    }

    private mutating func answerToIMAP(_ line: Substring) -> Step {
        let words = line.uppercased().split(separator: " ", maxSplits: 2)
        guard words.count > 1 else { return .malformed }
        switch (question, words[0], words[1]) {
        case (_, "*", "BYE"): return .failed(FailureCode(.exchange, .busy), String(line))
        case (.greeting, "*", "OK"):
            question = .tls
            return .send("a STARTTLS")
        case (.greeting, "*", "PREAUTH"): return .unsupported(String(line))
        case (.tls, "*", _): return .receive
        case (.tls, "A", "OK"): return .secure
        case (.tls, "A", "NO"), (.tls, "A", "BAD"): return .unsupported(String(line))
        default: return .malformed
        }
    }
}
