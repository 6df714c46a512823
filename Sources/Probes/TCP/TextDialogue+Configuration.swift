internal import Configuration

extension TextDialogue.Step {
    /// Reads a step as it was configured.
    ///
    /// - Throws: what is wrong with it, in words fit for a diagnostic that quote nothing of what is sent.
    init(_ step: DialogueStep) throws(Mistake) {
        switch step {
        case .send(let secret):
            self = .send(try unescaped(secret.reveal()))
        case .expect(let text):
            if let pattern = try Pattern(marked: text) {
                self = .expect(.pattern(pattern))
                return
            }
            let bytes = try unescaped(text)
            guard !bytes.isEmpty else { throw Mistake("`expect` must not be empty") }
            guard bytes.count <= TextDialogue.mostBytes else {
                throw Mistake("`expect` must not be longer than \(TextDialogue.mostBytes) bytes")
            }
            self = .expect(.text(bytes))
        }
    }
}

/// The bytes that a text with `\r`, `\n`, `\t`, `\\` and `\xHH` stands for.
private func unescaped(_ text: String) throws(Mistake) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "\\") else {
            bytes.append(byte)
            continue
        }
        switch rest.popFirst() {
        case UInt8(ascii: "r"): bytes.append(0x0d)
        case UInt8(ascii: "n"): bytes.append(0x0a)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "\\"): bytes.append(UInt8(ascii: "\\"))
        case UInt8(ascii: "x"):
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, digits.first != "+", digits.first != "-", let value = UInt8(digits, radix: 16)
            else {
                throw Mistake("`\\x` needs two hexadecimal digits after it, as `\\x0a`")
            }
            rest = rest.dropFirst(2)
            bytes.append(value)
        default:
            throw Mistake("a backslash begins one of `\\r`, `\\n`, `\\t`, `\\\\` and `\\xHH`")
        }
    }
    return bytes
}
