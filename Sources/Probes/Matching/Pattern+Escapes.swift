extension Pattern {
    /// What is wrong with the backslashes of an expression; nil for nothing.
    ///
    /// glibc would take `\1` for a back-reference, which makes matching exponential, and `\d` for the letter d.
    static func complaint(aboutEscapesIn bytes: [UInt8]) -> String? {
        if bytes.contains(0) { return "a regular expression must not contain a zero byte" }
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "["): index = endOfBracket(from: index, in: bytes)
            case UInt8(ascii: "\\"):
                index += 1
                if index < bytes.count, let complaint = complaint(aboutEscaped: bytes[index]) { return complaint }
            default: break
            }
            index += 1
        }
        return nil
    }

    private static func complaint(aboutEscaped byte: UInt8) -> String? {
        let letter = Character(Unicode.Scalar(byte))
        switch letter {
        case "1"..."9": return "a back-reference (\\\(letter)) is not supported in a regular expression"
        case "d": return "POSIX regular expressions have no \\d: write [0-9]"
        case "D": return "POSIX regular expressions have no \\D: write [^0-9]"
        case "w", "W", "s", "S", "b", "B": return nil
        case "a"..."z", "A"..."Z", "0":
            return "POSIX regular expressions have no \\\(letter)"
        default: return nil
        }
    }

    /// The index of the `]` that ends a bracket expression; a backslash inside one is just a backslash.
    private static func endOfBracket(from start: Int, in bytes: [UInt8]) -> Int {
        var index = start + 1
        if index < bytes.count, bytes[index] == UInt8(ascii: "^") { index += 1 }
        if index < bytes.count, bytes[index] == UInt8(ascii: "]") { index += 1 }
        while index < bytes.count, bytes[index] != UInt8(ascii: "]") {
            if bytes[index] == UInt8(ascii: "["), index + 1 < bytes.count, ":.=".utf8.contains(bytes[index + 1]) {
                index = endOfClass(from: index, in: bytes)
            }
            index += 1
        }
        return index
    }

    /// The index of the `]` that ends `[:alpha:]`, `[.-.]` or `[=a=]`.
    private static func endOfClass(from start: Int, in bytes: [UInt8]) -> Int {
        var index = start + 2
        while index + 1 < bytes.count {
            if bytes[index] == bytes[start + 1], bytes[index + 1] == UInt8(ascii: "]") { return index + 1 }
            index += 1
        }
        return bytes.count
    }
}
