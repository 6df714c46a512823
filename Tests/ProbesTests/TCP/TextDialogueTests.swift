import Health
import Testing

@testable import Probes

struct TextDialogueTests {
    @Test("A conversation passes however the answers are cut, and what is left over belongs to the next step")
    func cuts() throws {
        let steps: [TextDialogue.Step] = [
            .expect(.text(Array("220 ".utf8))), .send(Array("EHLO a\r\n".utf8)),
            .expect(.pattern(try Pattern("250 [A-Z]+"))), .expect(.text(Array("\r\n".utf8))),
        ]
        let bytes = Array("220 here\r\n250-SIZE\r\n250 HELP\r\n".utf8)
        for cut in 0...bytes.count {
            var dialogue = TextDialogue(steps)
            dialogue.receive(Array(bytes[..<cut]))
            var (sent, passed) = play(&dialogue)
            if cut < bytes.count {
                #expect(!passed)
                dialogue.receive(Array(bytes[cut...]))
                let rest = play(&dialogue)
                (sent, passed) = (sent + rest.sent, rest.passed)
            }
            #expect(passed && sent == ["EHLO a\r\n"], "cut at \(cut)")
        }
    }

    @Test("What does not come within 4 KiB does not come")
    func limit() {
        var dialogue = TextDialogue([.expect(.text([1]))])
        dialogue.receive([UInt8](repeating: 0, count: 4095))
        #expect(dialogue.action() == .receive)
        dialogue.receive([0])
        guard case .failed(let code, let word) = dialogue.action() else {
            Issue.record("it waits for more")
            return
        }
        #expect(code.description == "assert.unexpected" && word == "step 1 did not come within 4096 bytes")
    }

    @Test("A connection that ends is closed where nothing came, unexpected where something else did")
    func ending() {
        var dialogue = TextDialogue([.send([1]), .expect(.text([1]))])
        _ = dialogue.action()
        #expect(dialogue.ending.0.description == "exchange.closed")
        dialogue.receive([2])
        #expect(dialogue.ending.0.description == "assert.unexpected")
        #expect(dialogue.ending.1 == "the connection ended before step 2 came")
    }

    /// Takes what the dialogue asks for, until it waits for more or passes.
    private func play(_ dialogue: inout TextDialogue) -> (sent: [String], passed: Bool) {
        var sent: [String] = []
        while true {
            switch dialogue.action() {
            case .send(let bytes): sent.append(String(decoding: bytes, as: UTF8.self))
            case .search(_, let bytes):
                // As the one pattern here is found.
                let text = String(decoding: bytes, as: UTF8.self)
                let end = text.firstRange(of: /250 [A-Z]+/).map { text[..<$0.upperBound].utf8.count }
                dialogue.found(end)
            case .receive: return (sent, false)
            case .passed: return (sent, true)
            case .failed: return (sent + ["failed"], false)
            }
        }
    }
}
