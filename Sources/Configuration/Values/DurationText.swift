/// Lengths of time as the configuration writes them: `500ms`, `5s`, `1m30s`.
package enum DurationText {
    /// From the longest to the shortest, in milliseconds.
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    /// Longer ones are mistakes.
    package static let longest: Duration = .seconds(366 * 86_400)

    /// Nil for what is no length of time, and for a number without a unit; at most ``longest``, to a millisecond.
    package static func parse(_ text: String) -> Duration? {
        var rest = text[...]
        var total: Int64 = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest[digits.endIndex...]
            var fraction: Substring = ""
            if rest.first == "." {
                fraction = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
                rest = rest[fraction.endIndex...]
                guard (1...3).contains(fraction.count) else { return nil }
            }
            let name = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest[name.endIndex...]
            guard digits.count <= 12, let whole = Int64(digits),
                let unit = units.first(where: { $0.name == name })?.milliseconds,
                let thousandths = Int64(fraction + String(repeating: "0", count: 3 - fraction.count))
            else { return nil }
            // At most 12 digits of days, some 10^20 ms, may overflow.
            let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
            guard !overflow else { return nil }
            total += product + thousandths * unit / 1000
            guard total <= Int64(longest / .milliseconds(1)) else { return nil }
        }
        return .milliseconds(total)
    }

    /// The shortest text that ``parse(_:)`` reads as this length, to a millisecond: `1m30s`.
    package static func text(_ duration: Duration) -> String {
        var rest = Int64(duration / .milliseconds(1))
        guard rest > 0 else { return "0s" }
        var text = ""
        for unit in units where rest >= unit.milliseconds {
            text += "\(rest / unit.milliseconds)\(unit.name)"
            rest %= unit.milliseconds
        }
        return text
    }
}
