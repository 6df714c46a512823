@testable import Configuration

/// Writes the tables of keys in the README from what the loader knows.
enum OptionTable {
    /// What a type checks, by which URLs, and its own options.
    static func lines(of type: CheckType) -> [String] {
        let schemes = type.schemes.map { scheme in
            scheme.defaultPort.map { "`\(scheme.name)://` (port \($0))" } ?? "`\(scheme.name)://`"
        }
        let target = type.selector == .url ? schemes.joined(separator: ", ") : "`\(type.selector.rawValue)`"
        return ["\(target). \(phrase(type.summary)).", ""] + table(type.options.map { ($0, "") })
    }

    /// The options that every check takes.
    static var ofEveryCheck: [String] { table(ConfigurationKeys.check.known.map { ($0, "") }) }

    /// The keys of the file outside checks and gates.
    static var ofFile: [String] {
        let tables = [
            ("listen[].", ConfigurationKeys.listener), ("service.", ConfigurationKeys.service),
            ("drain.", ConfigurationKeys.drain), ("limits.", ConfigurationKeys.limits),
        ]
        let hosts = ConfigurationKeys.parts.filter { $0.name == "hosts" }
            .map { (OptionSpec($0.name, .textList, $0.summary), "") }
        return table(tables.flatMap { prefix, table in table.known.map { ($0, prefix) } } + hosts)
    }

    private static func table(_ options: [(OptionSpec, prefix: String)]) -> [String] {
        ["| key | value | default | meaning |", "| --- | --- | --- | --- |"]
            + options.map { option, prefix in
                let keys = option.keys.map { "`\(prefix)\($0)`" }.joined(separator: ", ")
                return "| \(keys) | \(value(option.kind)) | \(option.defaultText ?? "") | \(phrase(option.summary)) |"
                    .replacing("|  |", with: "| |")
            }
    }

    /// A summary as the cell of a table: without a full stop.
    private static func phrase(_ summary: String) -> String {
        String(Configuration.sentence(summary).dropLast())
    }

    private static func value(_ kind: OptionKind) -> String {
        switch kind {
        case .text: "text"
        case .secret: "secret, or its file"
        case .boolean: "`true`, `false`"
        case .duration: "time"
        case .size: "bytes"
        case .integer(let range):
            range.upperBound >= Int(Int32.max)
                ? "from \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
        case .percentage(let range): "\(range.lowerBound)% to \(range.upperBound)%"
        case .choice(let words): words.map { "`\($0)`" }.joined(separator: ", ")
        case .path: "absolute path"
        case .textList: "list"
        case .textMap: "mapping"
        case .statusSet: "statuses"
        case .steps: "list of `send`, `expect`"
        }
    }
}
