/// Finds what YAML does not take without quotes within `{ }` and `[ ]`, and people write all the same (CONTRACT
/// section 11): `{url: ${X}}`, `[:8484]`, `{expect: >= 80}`.
struct FlowHint {
    private var depth = 0
    private var quote: Character?
    private var previous: Character = "\n"
    /// The last character that is no space: after one of `: , [ {` a value begins.
    private var lastMark: Character = "\n"

    private init() {}

    /// A sentence about the first such thing in some lines of a file; nil where there is none.
    static func find(in lines: some Sequence<Substring>) -> String? {
        var hint = FlowHint()
        for line in lines {
            hint.previous = "\n"
            for (character, next) in zip(line, line.dropFirst() + "\n") {
                if let sentence = hint.read(character, before: next) { return sentence }
            }
        }
        return nil
    }

    private mutating func read(_ character: Character, before next: Character) -> String? {
        defer {
            previous = character
            if !character.isWhitespace { lastMark = character }
        }
        if quote != nil {
            if character == quote { quote = nil }
            return nil
        }
        let beginsValue = depth > 0 && [":", ",", "[", "{"].contains(lastMark)
        switch character {
        case "\"", "'":
            if beginsValue || depth == 0 { quote = character }
        case "$" where depth > 0 && next == "{":
            return "within `{ }` and `[ ]` a value with `${…}` must be quoted: \"${…}\""
        case ">", "|", "@", "`", "%":
            guard beginsValue else { return nil }
            return "within `{ }` and `[ ]` a value that begins with `\(character)` must be quoted"
        case ":" where beginsValue && lastMark != ":" && !next.isWhitespace:
            return "within `{ }` and `[ ]` a value that begins with `:` must be quoted: \":8484\""
        case "{", "[": depth += 1
        case "}", "]": depth -= 1
        default: break
        }
        return nil
    }
}
