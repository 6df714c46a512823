/// The name of a check or of a gate: an RFC 1123 label, one name space for both (CONTRACT section 3).
package struct CheckName: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// Nil unless `text` is 1 to 63 of `a-z`, `0-9` and `-`, with no hyphen at either end, and is not reserved.
    package init?(_ text: String) {
        let bytes = text.utf8
        guard (1...63).contains(bytes.count), text != Self.reserved,
            bytes.first != UInt8(ascii: "-"), bytes.last != UInt8(ascii: "-"),
            bytes.allSatisfy({ isLetterOrDigit($0) || $0 == UInt8(ascii: "-") })
        else { return nil }
        description = text
    }

    /// A key of every answer (`"open":`), which no check may be called.
    package static let reserved = "open"
}

private func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}
