/// Where a value lies within a JSON text: `components.db.status`, `$.nodes[0]['disk.free']`.
///
/// The plain steps of JSONPath (RFC 9535), by name and by index; `$` may be left out.
struct JSONPath: Hashable, Sendable, CustomStringConvertible {
    private enum Step: Hashable {
        case name(String)
        case index(Int)
    }

    /// As it was written.
    let description: String
    private let steps: [Step]

    /// - Returns: nil for a text that is no such path.
    init?(_ text: String) {
        description = text
        var rest = Substring(text)
        var steps: [Step] = []
        if rest.hasPrefix("$") { rest.removeFirst() } else if !rest.hasPrefix("[") { rest = "." + rest }
        while let first = rest.popFirst() {
            guard let step = first == "[" ? Self.bracketed(&rest) : Self.dotted(first, &rest) else { return nil }
            steps.append(step)
        }
        self.steps = steps
    }

    /// The value at this place; nil where there is none.
    func value(in root: JSONValue) -> JSONValue? {
        var value = root
        for step in steps {
            switch (step, value) {
            case (.name(let name), .object):
                guard let member = value[name] else { return nil }
                value = member
            case (.index(let index), .array(let elements)):
                guard elements.indices.contains(index) else { return nil }
                value = elements[index]
            default: return nil
            }
        }
        return value
    }

    private static func dotted(_ first: Character, _ rest: inout Substring) -> Step? {
        let name = rest.prefix { $0 != "." && $0 != "[" }
        guard first == ".", !name.isEmpty else { return nil }
        rest = rest[name.endIndex...]
        return .name(String(name))
    }

    private static func bracketed(_ rest: inout Substring) -> Step? {
        guard let mark = rest.first else { return nil }
        let isQuoted = mark == "'" || mark == "\""
        let end = isQuoted ? "\(mark)]" : "]"
        let inside = isQuoted ? rest.dropFirst() : rest
        guard let range = inside.firstRange(of: end) else { return nil }
        rest = inside[range.upperBound...]
        let content = String(inside[..<range.lowerBound])
        if isQuoted { return .name(content) }
        return Int(content).flatMap { $0 >= 0 && content.first != "+" ? .index($0) : nil }
    }
}
