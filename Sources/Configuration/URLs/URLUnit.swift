/// One byte of a URL that is being taken apart, or a file in place of bytes.
///
/// Only what was written has a meaning for the URL's structure; what a variable held is taken literally, so a password
/// with `@` or `/` in it needs no encoding there (CONTRACT section 4).
enum URLUnit: Hashable, Sendable {
    case written(UInt8)
    case value(UInt8)
    /// A secret that a `NAME_FILE` holds.
    case file(path: String)
}

extension URLUnit {
    func isWritten(_ character: Unicode.Scalar) -> Bool { self == .written(UInt8(ascii: character)) }
}

extension Expansion {
    var units: [URLUnit] {
        pieces.flatMap { piece -> [URLUnit] in
            switch piece {
            case .written(let text): text.utf8.map(URLUnit.written)
            case .value(let text): text.utf8.map(URLUnit.value)
            case .file(let path): [.file(path: path)]
            }
        }
    }
}

/// What is wrong with a URL, in a sentence that quotes nothing of it but names that cannot be secret.
struct URLProblem: Error, Hashable {
    let message: String

    init(_ message: String) {
        self.message = message
    }

    /// The top mistake in URLs: a password that was not encoded.
    static let unencoded = URLProblem(
        "holds an `@`, `/`, `?` or `#` where none can stand; percent-encode those of the user name and the password: "
            + "%40, %2F, %3F, %23"
    )
}

extension Collection<URLUnit> {
    /// The text that the units stand for, percent-encoding undone in what was written (RFC 3986 section 2.1).
    func decoded() throws(URLProblem) -> String {
        var bytes: [UInt8] = []
        var rest = self[...]
        while let unit = rest.popFirst() {
            switch unit {
            case .written(UInt8(ascii: "%")):
                guard let high = rest.popFirst()?.hexDigit, let low = rest.popFirst()?.hexDigit else {
                    throw URLProblem("a `%` must be followed by two hexadecimal digits; write %25 for a percent sign")
                }
                bytes.append(high << 4 | low)
            case .written(let byte), .value(let byte):
                bytes.append(byte)
            case .file:
                throw URLProblem("a variable that its _FILE stands for can only be the whole URL or its whole password")
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw URLProblem("holds percent-encoded bytes that are no text")
        }
        return text
    }

    /// The units with an ellipsis in place of each run of what a variable held.
    func shown() -> [URLUnit] {
        var shown: [URLUnit] = []
        var isInValue = false
        for unit in self {
            if case .value = unit {
                if !isInValue { shown += "…".utf8.map(URLUnit.value) }
                isInValue = true
            } else {
                shown.append(unit)
                isInValue = false
            }
        }
        return shown
    }

    /// The units as they go out in an HTTP request: what may not stand in it is percent-encoded, and of what a variable
    /// held everything that could mean something there. A slash stays one in a path.
    func encoded(inQuery: Bool) throws(URLProblem) -> String {
        var text = ""
        for unit in self {
            switch unit {
            case .written(let byte) where isURLCharacter(byte): text.unicodeScalars.append(Unicode.Scalar(byte))
            case .value(let byte) where isUnreserved(byte) || (!inQuery && byte == UInt8(ascii: "/")):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            case .written(let byte), .value(let byte):
                text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            case .file:
                throw URLProblem("a variable that its _FILE stands for can only be the whole URL or its whole password")
            }
        }
        return text
    }
}

extension URLUnit {
    fileprivate var hexDigit: UInt8? {
        guard case .written(let byte) = self else { return nil }
        return Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
    }
}

/// RFC 3986 section 2.3.
private func isUnreserved(_ byte: UInt8) -> Bool {
    let character = Character(Unicode.Scalar(byte))
    return character.isASCII && (character.isLetter || character.isNumber || "-._~".contains(character))
}

/// What may stand in a path or a query (RFC 3986 section 3.3 and 3.4), the percent sign included.
private func isURLCharacter(_ byte: UInt8) -> Bool {
    isUnreserved(byte) || "!$&'()*+,;=:@/?%".utf8.contains(byte)
}
