/// A JSON document whose objects keep the order of their keys.
indirect enum JSONText {
    case object([(key: String, value: JSONText)])
    case array([JSONText])
    case string(String)
    case number(Int)
    case boolean(Bool)

    /// An object with the members of another behind its own.
    func followed(by other: JSONText) -> JSONText {
        guard case .object(let own) = self, case .object(let more) = other else {
            preconditionFailure("only objects have members")
        }
        return .object(own + more)
    }

    /// Two spaces a level, a newline at the end.
    var document: String { text(indentation: "") + "\n" }

    private func text(indentation: String) -> String {
        let inner = indentation + "  "
        switch self {
        case .object(let members) where members.isEmpty: return "{}"
        case .object(let members):
            let lines = members.map { "\(inner)\(Self.quoted($0.key)): \($0.value.text(indentation: inner))" }
            return "{\n\(lines.joined(separator: ",\n"))\n\(indentation)}"
        case .array(let items):
            let isOneLine = items.allSatisfy { if case .object = $0 { false } else { true } }
            let texts = items.map { $0.text(indentation: inner) }
            if isOneLine { return "[\(texts.joined(separator: ", "))]" }
            return "[\n\(texts.map { inner + $0 }.joined(separator: ",\n"))\n\(indentation)]"
        case .string(let text): return Self.quoted(text)
        case .number(let number): return "\(number)"
        case .boolean(let flag): return "\(flag)"
        }
    }

    /// RFC 8259 section 7.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\u{0}"..<" ":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

extension JSONText: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    init(stringLiteral text: String) { self = .string(text) }
    init(integerLiteral number: Int) { self = .number(number) }
    init(booleanLiteral flag: Bool) { self = .boolean(flag) }
}

extension JSONText: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    init(arrayLiteral items: JSONText...) { self = .array(items) }
    init(dictionaryLiteral members: (String, JSONText)...) { self = .object(members.map { (key: $0, value: $1) }) }
}
