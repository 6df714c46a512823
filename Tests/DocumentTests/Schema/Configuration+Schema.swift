@testable import Configuration

extension Configuration {
    /// The JSON Schema (2020-12) of the file, for editors: exactly the keys that the loader knows.
    static func schema(types: [CheckType]) -> String {
        let checks = JSONText.object(types.map { (key: checkDefinition($0), value: check($0)) })
        let references = types.map { ["$ref": .string("#/$defs/\(checkDefinition($0))")] as JSONText }
        let definitions: JSONText = ["name": name, "gate": gate, "check": ["anyOf": .array(references)]]
        let root: JSONText = [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "allclear configuration",
            "type": "object",
            "additionalProperties": false,
            "properties": .object(ConfigurationKeys.parts.map { (key: $0.name, value: part($0.name, $0.summary)) }),
            "$defs": definitions.followed(by: checks),
        ]
        return root.document
    }

    private static func checkDefinition(_ type: CheckType) -> String { "check-\(type.name)" }

    /// RFC 1123, less the reserved word.
    private static let name: JSONText = [
        "type": "string", "pattern": "^(?!open$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",
    ]

    private static func part(_ name: String, _ summary: String) -> JSONText {
        let schema: JSONText =
            switch name {
            case "listen":
                list(of: ["anyOf": [OptionKind.text.schema, object(ConfigurationKeys.listener, required: "address")]])
            case "hosts": list(of: OptionKind.text.schema)
            case "service": table(ConfigurationKeys.service)
            case "drain": table(ConfigurationKeys.drain)
            case "limits": table(ConfigurationKeys.limits)
            case "defaults": table(ConfigurationKeys.defaults)
            case "checks": named("#/$defs/check")
            case "gates": named("#/$defs/gate")
            default: preconditionFailure("the part \(name) has no schema")
            }
        return described(summary, schema)
    }

    private static func described(_ summary: String, _ schema: JSONText) -> JSONText {
        let description: JSONText = ["description": .string(summary)]
        return description.followed(by: schema)
    }

    private static func list(of item: JSONText) -> JSONText {
        ["type": ["array", "null"], "items": item]
    }

    private static func named(_ reference: String) -> JSONText {
        [
            "type": ["object", "null"],
            "propertyNames": ["$ref": "#/$defs/name"],
            "additionalProperties": ["$ref": .string(reference)],
        ]
    }

    private static func table(_ table: ConfigurationKeys.Table) -> JSONText {
        let type: JSONText = ["type": ["object", "null"]]
        return type.followed(by: members(properties(table.known)))
    }

    private static func object(_ table: ConfigurationKeys.Table, required: String) -> JSONText {
        let type: JSONText = ["type": "object", "required": [.string(required)]]
        return type.followed(by: members(properties(table.known)))
    }

    private static func members(_ properties: JSONText) -> JSONText {
        ["additionalProperties": false, "properties": properties]
    }

    private static func properties(_ options: [OptionSpec]) -> JSONText {
        .object(options.flatMap { spec in spec.keys.map { (key: $0, value: property(spec, key: $0)) } })
    }

    private static func property(_ spec: OptionSpec, key: String) -> JSONText {
        let standard = spec.defaultText.map { " Default: \($0)." } ?? ""
        let isFile = key != spec.name
        let summary = sentence(spec.summary) + (isFile ? " A file that holds it." : standard)
        return described(summary, (isFile ? OptionKind.path : spec.kind).schema)
    }

    /// A summary as a sentence; a first word that is no plain word, as `libpq's`, keeps its case.
    static func sentence(_ summary: String) -> String {
        let isPlain = summary.prefix { $0 != " " }.allSatisfy(\.isLetter)
        let start = isPlain ? summary.prefix(1).uppercased() : String(summary.prefix(1))
        return start + summary.dropFirst() + (summary.hasSuffix(".") ? "" : ".")
    }

    private static func check(_ type: CheckType) -> JSONText {
        let key = type.selector.rawValue
        let options = ConfigurationKeys.check.known + type.options
        let all = JSONText.object([(key: key, value: selector(type))]).followed(by: properties(options))
        let required: JSONText = ["type": "object", "required": [.string(key)]]
        return described(sentence(type.summary), required.followed(by: members(all)))
    }

    private static func selector(_ type: CheckType) -> JSONText {
        switch type.selector {
        case .url:
            let names = type.schemes.map { $0.name.replacing("+", with: "\\+") }
            let summary = type.schemes.map { "\($0.name)://" }.joined(separator: ", ")
            return described("Where it is: \(summary).", OptionKind.text("(\(names.joined(separator: "|")))://.*"))
        case .command:
            return described("The absolute path of a program, and its arguments.", OptionKind.textList.schema)
        case .file:
            return described("The absolute path of a file or a folder.", OptionKind.path.schema)
        }
    }

    /// A list of entries, or one of the three forms with a word for how many of them must be open, or one entry alone.
    private static var gate: JSONText {
        let condition = object(ConfigurationKeys.gateEntry, required: "check")
        let entry: JSONText = ["anyOf": [["type": "string"], condition]]
        let entries: JSONText = ["type": ["array", "null"], "items": entry]
        let forms = ConfigurationKeys.quorum.known.map { spec in
            (key: spec.name, value: described(spec.summary, spec.kind == .textList ? entries : spec.kind.schema))
        }
        let size: JSONText = ["type": "object", "minProperties": 1, "maxProperties": 2]
        return ["anyOf": [entries, size.followed(by: members(.object(forms))), condition]]
    }
}
