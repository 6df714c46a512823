/// What a server, or the pooler before it, refused with.
package struct ServerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Five characters (PostgreSQL manual, appendix A); empty where the server sent none.
    package let sqlState: String
    /// In the server's language.
    package let message: String

    package init(sqlState: String, message: String) {
        self.sqlState = sqlState
        self.message = message
    }

    /// `57P03 the database system is starting up`.
    package var description: String {
        [sqlState, message].filter { !$0.isEmpty }.joined(separator: " ")
    }
}

extension ServerError {
    /// The class of conditions that the code belongs to: its first two characters.
    package var sqlStateClass: Substring { sqlState.prefix(2) }

    /// Reads libpq's account of what failed, as ``Handle`` has it written: `FATAL:  28P01: no such luck`.
    ///
    /// The word before the colon and the message are localised, the code is not. One login may be two attempts: refused
    /// over TLS under `prefer`, libpq tries without. "Not without TLS" (28000) is then not what failed first.
    ///
    /// Nil where the server said nothing.
    init?(in text: String) {
        let errors = text.split(separator: "\n").compactMap { Self(line: $0) }
        guard let error = errors.first(where: { $0.sqlState != "28000" }) ?? errors.last else { return nil }
        self = error
    }

    private init?(line: Substring) {
        // Two blanks: libpq's own mark of the end of the severity.
        var rest = line
        while let mark = rest.firstRange(of: ":  ") {
            rest = rest[mark.upperBound...]
            let code = rest.prefix(5)
            guard code.utf8.count == 5, code.utf8.allSatisfy(isCodeCharacter), rest.dropFirst(5).hasPrefix(": ") else {
                continue
            }
            self.init(sqlState: String(code), message: String(rest.dropFirst(7)))
            return
        }
        return nil
    }
}

private func isCodeCharacter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}
