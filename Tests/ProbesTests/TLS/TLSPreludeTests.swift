import TestSupport
import Testing

@testable import Probes

/// What is said before TLS begins.
struct TLSPreludeTests {
    typealias Language = TLSPrelude.Language

    /// What the server says in turn, and the whole conversation that comes of it.
    static let dialogues: [(Language, [String], [String])] = [
        (.postgres, ["S"], ["secure"]),
        (.postgres, ["N"], ["secure.unsupported the server does not offer TLS"]),
        (.postgres, ["E"], ["exchange.malformed no answer in the protocol"]),
        (
            .smtp, ["220 a ESMTP\r\n", "250-a\r\n250-SIZE 1\r\n250 STARTTLS\r\n", "220 go\r\n"],
            ["EHLO allclear.invalid\r\n", "STARTTLS\r\n", "secure"]
        ),
        (
            .smtp, ["220-a\r\n220-second line\r\n220 last\r\n", "250-a\r\n250-starttls\r\n250 HELP\r\n", "220\r\n"],
            ["EHLO allclear.invalid\r\n", "STARTTLS\r\n", "secure"]
        ),
        (
            .smtp, ["220 a\r\n", "250-STARTTLS.test\r\n250 SIZE\r\n"],
            ["EHLO allclear.invalid\r\n", "secure.unsupported the server does not offer TLS"]
        ),
        (
            .smtp, ["220 a\r\n", "502 what?\r\n"],
            ["EHLO allclear.invalid\r\n", "secure.unsupported 502 what?"]
        ),
        (
            .smtp, ["220 a\r\n", "250 STARTTLS\r\n", "454 no TLS today\r\n"],
            ["EHLO allclear.invalid\r\n", "STARTTLS\r\n", "secure.unsupported 454 no TLS today"]
        ),
        (.smtp, ["421 too many\r\n"], ["exchange.busy 421 too many"]),
        (
            .smtp, ["220 a\r\n", "421 going down\r\n"], ["EHLO allclear.invalid\r\n", "exchange.busy 421 going down"]
        ),
        (.smtp, ["450 later\r\n"], ["exchange.busy 450 later"]),
        (.smtp, ["554-go\r\n554 away\r\n"], ["exchange.refused 554 away"]),
        (.smtp, ["* OK IMAP\r\n"], ["exchange.malformed no answer in the protocol"]),
        (.imap, ["* OK ready\r\n", "a OK begin\r\n"], ["a STARTTLS\r\n", "secure"]),
        (
            .imap, ["* ok [CAPABILITY IMAP4rev1]\r\n", "* CAPABILITY IMAP4rev1\r\nA ok\r\n"],
            ["a STARTTLS\r\n", "secure"]
        ),
        (.imap, ["* OK ready\r\n", "a BAD what?\r\n"], ["a STARTTLS\r\n", "secure.unsupported a BAD what?"]),
        (.imap, ["* OK ready\r\n", "a NO TLS\r\n"], ["a STARTTLS\r\n", "secure.unsupported a NO TLS"]),
        (.imap, ["* BYE too many\r\n"], ["exchange.busy * BYE too many"]),
        (.imap, ["* PREAUTH welcome\r\n"], ["secure.unsupported * PREAUTH welcome"]),
        (.imap, ["220 a ESMTP\r\n"], ["exchange.malformed no answer in the protocol"]),
        (.imap, ["\r\n"], ["exchange.malformed no answer in the protocol"]),
    ]

    @Test("Each answer leads on, whole and in pieces", arguments: dialogues)
    func conversation(language: Language, answers: [String], expected: [String]) {
        let longest = answers.map(\.utf8.count).max() ?? 0
        for size in 1...longest {
            #expect(converse(language, answers, pieces: size) == expected, "in pieces of \(size)")
        }
    }

    @Test("What comes in clear behind the agreement was put there by somebody else", arguments: Language.allCases)
    func injection(language: Language) {
        let answers =
            switch language {
            case .postgres: ["S\u{16}\u{3}"]
            case .smtp: ["220 a\r\n", "250 STARTTLS\r\n", "220 go\r\n250 EVIL\r\n"]
            case .imap: ["* OK\r\n", "a OK\r\n* EVIL\r\n"]
            }
        #expect(converse(language, answers, pieces: .max).last == "exchange.malformed no answer in the protocol")
    }

    @Test("A server that talks without end is not listened to for ever", arguments: ["x", "220-on and on\r\n"])
    func flood(piece: String) {
        var dialogue = TLSPrelude(.smtp)
        var step = dialogue.opening
        var size = 0
        while step == .receive, size <= 2 * TLSPrelude.mostBytes {
            step = dialogue.receive(Array(piece.utf8))
            size += piece.utf8.count
        }
        #expect(step.text == "exchange.malformed no answer in the protocol")
    }

    @Test("PostgreSQL is asked by an SSLRequest, and mail servers speak first")
    func openings() {
        #expect(TLSPrelude(.postgres).opening == .send([0, 0, 0, 8, 4, 210, 22, 47]))
        #expect(TLSPrelude(.smtp).opening == .receive)
        #expect(TLSPrelude(.imap).opening == .receive)
    }

    /// What we say to each of a server's answers, and how it ends.
    private func converse(_ language: Language, _ answers: [String], pieces size: Int) -> [String] {
        var dialogue = TLSPrelude(language)
        var said: [String] = []
        for answer in answers {
            var rest = Array(answer.utf8)[...]
            while !rest.isEmpty {
                let step = dialogue.receive(Array(rest.prefix(size)))
                rest = rest.dropFirst(size)
                if let text = step.text { said.append(text) }
            }
        }
        return said
    }
}

extension TLSPrelude.Step {
    fileprivate var text: String? {
        switch self {
        case .receive: nil
        case .send(let bytes): String(decoding: bytes, as: UTF8.self)
        case .secure: "secure"
        case .failed(let code, let word): "\(code) \(word)"
        }
    }
}
