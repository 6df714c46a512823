/// Checks values against a JSON Schema (2020-12), as far as this repository's schemas go.
///
/// A keyword that it does not know is a problem itself, so that nothing is passed over in silence.
struct JSONSchema {
    /// Where `$ref` leads to.
    let root: Value

    /// What is wrong with a value, each with its path; empty for a valid one.
    func problems(_ value: Value, _ schema: Value, at path: String = "$") -> [String] {
        schema.members.flatMap { problems(value, schema, keyword: $0.key, $0.value, at: path) }
    }

    private func problems(
        _ value: Value,
        _ schema: Value,
        keyword: String,
        _ argument: Value,
        at path: String
    ) -> [String] {
        switch keyword {
        case "$schema", "$defs", "title", "description", "format": []
        case "$ref": problems(value, schema.dereferenced(in: root), at: path)
        case "anyOf": anyOf(value, argument.items, at: path)
        case "type": type(value, argument, at: path)
        case "enum": argument.items.contains(value) ? [] : ["\(path): is none of \(argument.items)"]
        case "const": argument == value ? [] : ["\(path): is not \(argument)"]
        case "pattern": pattern(value, argument.string ?? "", at: path)
        case "minimum", "maximum": bound(value, keyword, argument.number ?? .nan, at: path)
        case "required": argument.strings.filter { value[$0] == nil }.map { "\(path): lacks \($0)" }
        case "properties", "propertyNames", "additionalProperties", "minProperties", "maxProperties":
            object(value, schema, keyword, argument, at: path)
        case "items", "minItems", "maxItems": array(value, keyword, argument, at: path)
        default: ["\(path): the keyword \(keyword) is not known to this test"]
        }
    }

    private func anyOf(_ value: Value, _ schemas: [Value], at path: String) -> [String] {
        let all = schemas.map { problems(value, $0, at: path) }
        return all.contains([]) ? [] : ["\(path): fits nothing of \(all)"]
    }

    private func type(_ value: Value, _ argument: Value, at path: String) -> [String] {
        let types = argument.string.map { [$0] } ?? argument.strings
        let names: [String] =
            switch value {
            case .object: ["object"]
            case .array: ["array"]
            case .string: ["string"]
            case .number(let number): number == number.rounded() ? ["number", "integer"] : ["number"]
            case .boolean: ["boolean"]
            case .null: ["null"]
            }
        return types.contains { names.contains($0) } ? [] : ["\(path): is \(names[0]), not \(types)"]
    }

    private func pattern(_ value: Value, _ pattern: String, at path: String) -> [String] {
        guard let text = value.string else { return [] }
        do {
            return try Regex(pattern).firstMatch(in: text) == nil
                ? ["\(path): `\(text)` does not match \(pattern)"] : []
        } catch {
            return ["\(path): \(pattern) is no regular expression: \(error)"]
        }
    }

    private func bound(_ value: Value, _ keyword: String, _ bound: Double, at path: String) -> [String] {
        guard let number = value.number else { return [] }
        return (keyword == "minimum" ? number >= bound : number <= bound) ? [] : ["\(path): \(keyword) is \(bound)"]
    }

    private func object(
        _ value: Value,
        _ schema: Value,
        _ keyword: String,
        _ argument: Value,
        at path: String
    ) -> [String] {
        guard case .object(let members) = value else { return [] }
        let known = schema["properties"]?.keys ?? []
        switch keyword {
        case "properties":
            return members.flatMap { member in
                argument[member.key].map { problems(member.value, $0, at: "\(path).\(member.key)") } ?? []
            }
        case "propertyNames":
            return members.flatMap { problems(.string($0.key), argument, at: "\(path).\($0.key)") }
        case "additionalProperties":
            let others = members.filter { !known.contains($0.key) }
            if argument == .boolean(false) { return others.map { "\(path): has an unknown key \($0.key)" } }
            return others.flatMap { problems($0.value, argument, at: "\(path).\($0.key)") }
        default:
            return count(members.count, keyword, argument, at: path)
        }
    }

    private func array(_ value: Value, _ keyword: String, _ argument: Value, at path: String) -> [String] {
        guard case .array(let items) = value else { return [] }
        guard keyword == "items" else { return count(items.count, keyword, argument, at: path) }
        return items.enumerated().flatMap { problems($1, argument, at: "\(path)[\($0)]") }
    }

    private func count(_ count: Int, _ keyword: String, _ argument: Value, at path: String) -> [String] {
        let bound = Int(argument.number ?? 0)
        let isWithin = keyword.hasPrefix("min") ? count >= bound : count <= bound
        return isWithin ? [] : ["\(path): \(keyword) is \(bound), it has \(count)"]
    }
}
