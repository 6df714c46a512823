extension String {
    /// The text on one line: control characters become spaces, and what passes `limit` bytes of UTF-8 is cut at a
    /// character's edge.
    package func oneLine(atMost limit: Int) -> String {
        var line = ""
        var size = 0
        for scalar in unicodeScalars {
            let isControl =
                scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}"
            let shown: Unicode.Scalar = isControl ? " " : scalar
            size += UTF8.width(shown)
            guard size <= limit else { break }
            line.unicodeScalars.append(shown)
        }
        return line
    }
}
