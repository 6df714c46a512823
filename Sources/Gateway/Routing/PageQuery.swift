internal import Configuration
internal import Health
internal import MicroHTTP

/// What a reader asks for behind the `?` of a gate path (CONTRACT section 6).
struct PageQuery: Hashable, Sendable {
    var isVerbose = false
    /// Positions of checks that are left out.
    var excluded: Set<Int> = []
    /// What is asked instead of the path's own rule, all of it required; empty for the rule itself.
    var needed: [GateRule.Entry] = []
    var maxAge: Duration?
    /// How long the answer may be held back until it is that all is open.
    var wait = Duration.zero
    /// Nil leaves the choice to `Accept`.
    var dialect: HealthDocument.Dialect?

    /// A query that is not understood; the sentence names the parameter, never what the client sent.
    struct Failure: Error {
        let sentence: String
    }

    init(_ items: [QueryItem], in plan: Plan) throws(Failure) {
        for (index, item) in items.enumerated() {
            let value = try decoded(item)
            let isRepeated = items[..<index].contains { $0.name == item.name }
            if isRepeated, item.name != "exclude", item.name != "need" {
                throw Failure(sentence: "only exclude and need may be given more than once")
            }
            switch item.name {
            case "verbose": isVerbose = try flag(value)
            case "exclude": excluded.formUnion(try checks(value, in: plan))
            case "need": needed += try entries(value, in: plan)
            case "max_age": maxAge = try time(value, in: "max_age", "5s or 500ms")
            case "format": dialect = try dialect(value)
            case "wait": wait = try time(value, in: "wait", "30s or 2m")
            default:
                throw Failure(sentence: "unknown parameter; known are wait, verbose, exclude, need, max_age and format")
            }
        }
    }

    private func decoded(_ item: QueryItem) throws(Failure) -> String? {
        guard let value = item.value else { return nil }
        guard let decoded = percentDecoded(value) else {
            throw Failure(sentence: "a value is not percent-encoded as RFC 3986 asks")
        }
        return decoded
    }

    private func flag(_ value: String?) throws(Failure) -> Bool {
        switch value {
        case nil, "", "1", "true": return true
        case "0", "false": return false
        default: throw Failure(sentence: "verbose takes no value, or 1, true, 0, false")
        }
    }

    private func names(_ value: String?, in parameter: String) throws(Failure) -> [CheckName] {
        let names = (value ?? "").split(separator: ",").map { CheckName(String($0)) }
        guard !names.isEmpty, !names.contains(nil) else {
            throw Failure(sentence: "\(parameter) takes names of checks, separated by commas")
        }
        return names.compactMap(\.self)
    }

    private func checks(_ value: String?, in plan: Plan) throws(Failure) -> [Int] {
        let checks = try names(value, in: "exclude").map { plan.position(ofCheck: $0) }
        guard !checks.contains(nil) else { throw Failure(sentence: "exclude names a check that is not configured") }
        return checks.compactMap(\.self)
    }

    private func entries(_ value: String?, in plan: Plan) throws(Failure) -> [GateRule.Entry] {
        let entries = try names(value, in: "need")
            .map { name in
                plan.position(ofCheck: name).map { GateRule.Entry(.check($0), isRequired: true) }
                    ?? plan.position(ofGate: name).map { GateRule.Entry(.gate($0), isRequired: true) }
            }
        guard !entries.contains(nil) else {
            throw Failure(sentence: "need names a check or gate that is not configured")
        }
        return entries.compactMap(\.self)
    }

    private func time(
        _ value: String?,
        in parameter: String,
        _ examples: String
    ) throws(Failure) -> Duration {
        guard let time = value.flatMap(DurationText.parse) else {
            throw Failure(sentence: "\(parameter) takes a time with a unit, as \(examples)")
        }
        return time
    }

    private func dialect(_ value: String?) throws(Failure) -> HealthDocument.Dialect {
        guard let dialect = value.flatMap(HealthDocument.Dialect.init(rawValue:)) else {
            throw Failure(sentence: "format takes health or text")
        }
        return dialect
    }
}

/// The text with its `%xx` replaced; nil where one is broken or the result is no UTF-8.
private func percentDecoded(_ text: String) -> String? {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "%") else {
            bytes.append(byte)
            continue
        }
        guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
            return nil
        }
        bytes.append(value)
        rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
}
