extension OptionKind {
    /// What a text of this kind must be, where it is not.
    struct Expected: Error {
        /// Follows "must be".
        let sentence: String
        /// A suggestion for a text that may be shown; empty for none.
        let hint: @Sendable (String) -> String

        init(_ sentence: String, hint: @escaping @Sendable (String) -> String = { _ in "" }) {
            self.sentence = sentence
            self.hint = hint
        }
    }

    /// A scalar of this kind; only for kinds that ask something of its text.
    func parse(_ text: String) -> Result<OptionValue, Expected> {
        switch self {
        case .boolean: Self.boolean(text)
        case .duration:
            Self.value(DurationText.parse(text).map(OptionValue.duration), or: Self.expectedDuration)
        case .size:
            Self.value(
                SizeText.parse(text).map(OptionValue.size),
                or: Expected("a number of bytes, as in `512`, `64KiB` or `1GB`")
            )
        case .integer(let range):
            Self.value(
                Self.integer(text, in: range).map(OptionValue.integer),
                or: Expected("a whole number \(Self.words(range))")
            )
        case .percentage(let range):
            Self.percentage(text, in: range)
        case .choice(let words):
            Self.value(
                words.contains(text) ? .text(text) : nil,
                or: Expected("one of \(words.map { "`\($0)`" }.joined(separator: ", "))") {
                    NearMiss.hint(for: $0, among: words)
                }
            )
        case .path:
            Self.value(text.hasPrefix("/") ? .text(text) : nil, or: Expected("an absolute path"))
        case .statusSet:
            Self.value(
                StatusSet(parsing: text).map(OptionValue.statusSet),
                or: Expected("HTTP statuses, as in `200-299,301`")
            )
        case .text, .secret, .textList, .textMap, .steps:
            preconditionFailure("read elsewhere")
        }
    }

    private static func value(_ value: OptionValue?, or expected: Expected) -> Result<OptionValue, Expected> {
        value.map(Result.success) ?? .failure(expected)
    }

    private static func boolean(_ text: String) -> Result<OptionValue, Expected> {
        switch text {
        case "true": .success(.boolean(true))
        case "false": .success(.boolean(false))
        default: .failure(Expected("`true` or `false`"))
        }
    }

    private static let expectedDuration = Expected("a length of time with a unit, as in `500ms`, `5s` or `1m30s`") {
        text in
        guard DurationText.parse("\(text)s") != nil else { return "" }
        return "; did you mean `\(text)s`?"
    }

    private static func integer(_ text: String, in range: ClosedRange<Int>) -> Int? {
        Int(text).flatMap { range.contains($0) && text.first != "+" ? $0 : nil }
    }

    private static func percentage(_ text: String, in range: ClosedRange<Int>) -> Result<OptionValue, Expected> {
        guard text.hasSuffix("%"), let number = integer(String(text.dropLast()), in: range) else {
            return .failure(
                Expected("a percentage from `\(range.lowerBound)%` to `\(range.upperBound)%`") { text in
                    integer(text, in: range) == nil ? "" : "; did you mean `\(text)%`?"
                }
            )
        }
        return .success(.percentage(number))
    }

    private static func words(_ range: ClosedRange<Int>) -> String {
        range.upperBound == .max ? "of at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
    }
}
