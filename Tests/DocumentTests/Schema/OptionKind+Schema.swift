@testable import Configuration

extension OptionKind {
    /// What a value of this kind looks like in YAML, as a JSON Schema.
    ///
    /// Where a placeholder may stand the value is only known later, so that a text with one is always right.
    var schema: JSONText {
        switch self {
        case .text, .secret: Self.scalar
        case .boolean: Self.orPlaceholder(["type": "boolean"])
        case .duration: Self.text(#"([0-9]+(\.[0-9]{1,3})?(d|h|m|s|ms))+"#)
        case .size:
            Self.orPlaceholder(["type": "integer", "minimum": 0], Self.text("[0-9]+(B|kB|[kKMGT]B?|[KMGT]iB?)?"))
        case .integer(let range): Self.orPlaceholder(Self.integer(range))
        case .percentage: Self.text("[0-9]+%")
        case .choice(let words): Self.orPlaceholder(["enum": .array(words.map(JSONText.string))])
        case .path: Self.text("/.*")
        case .statusSet: ["anyOf": [Self.integer(100...599), Self.text("[1-5][0-9]{2}([-,] *[1-5][0-9]{2})*")]]
        case .textList: ["type": "array", "items": Self.scalar]
        case .textMap: ["type": "object", "additionalProperties": Self.scalar]
        case .steps:
            [
                "type": "array",
                "items": [
                    "type": "object",
                    "minProperties": 1,
                    "maxProperties": 1,
                    "additionalProperties": false,
                    "properties": ["send": Self.scalar, "expect": Self.scalar],
                ],
            ]
        }
    }

    private static let scalar: JSONText = ["type": ["string", "number", "boolean"]]
    private static let placeholder: JSONText = ["type": "string", "pattern": #"\$\{"#]

    private static func orPlaceholder(_ schemas: JSONText...) -> JSONText {
        ["anyOf": .array(schemas + [placeholder])]
    }

    /// Text that is as a regular expression says, or holds a placeholder.
    static func text(_ pattern: String) -> JSONText {
        ["type": "string", "pattern": .string(#"^(\#(pattern)|.*\$\{.*)$"#)]
    }

    private static func integer(_ range: ClosedRange<Int>) -> JSONText {
        ["type": "integer", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound)]
    }
}
