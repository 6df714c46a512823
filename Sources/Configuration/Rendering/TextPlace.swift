/// A place in bytes that are mostly UTF-8: line and column count from 1, columns in characters.
struct TextPlace {
    private(set) var line = 1
    private(set) var column = 1
    private var offset = 0

    /// Goes on to an offset that lies further on.
    mutating func advance(to end: Int, in bytes: [UInt8]) {
        for byte in bytes[offset..<end] {
            if byte == UInt8(ascii: "\n") {
                (line, column) = (line + 1, 1)
            } else if byte & 0xC0 != 0x80 {
                // All but the further bytes of a character.
                column += 1
            }
        }
        offset = end
    }
}
