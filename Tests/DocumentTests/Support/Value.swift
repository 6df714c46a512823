@testable import Configuration

/// A value of a JSON or YAML document, its members in their order.
enum Value: Hashable {
    struct Member: Hashable {
        let key: String
        let value: Value
    }

    case object([Member])
    case array([Value])
    case string(String)
    case number(Double)
    case boolean(Bool)
    case null

    /// Why a text is no document.
    struct Unreadable: Error {
        let problems: [String]
    }

    /// Reads a YAML document, or a JSON one, which is YAML too.
    init(parsing text: String, named name: String = "document") throws {
        let (root, diagnostics) = YAMLDocument.read(Array(text.utf8), path: name)
        guard let root, diagnostics.isEmpty else { throw Unreadable(problems: diagnostics.map(\.description)) }
        self.init(root)
    }

    /// Types plain scalars by the core schema (YAML 1.2.2 section 10.3), as editors do.
    init(_ node: Node) {
        switch node.content {
        case .mapping(let entries): self = .object(entries.map { Member(key: $0.key, value: Value($0.value)) })
        case .sequence(let items): self = .array(items.map(Value.init))
        case .scalar where node.isNull: self = .null
        case .scalar(let scalar) where !scalar.isPlain: self = .string(scalar.text)
        case .scalar(let scalar):
            self =
                switch scalar.text {
                case "true": .boolean(true)
                case "false": .boolean(false)
                default: Self.number(in: scalar.text).map(Value.number) ?? .string(scalar.text)
                }
        }
    }

    private static func number(in text: String) -> Double? {
        text.wholeMatch(of: #/[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?/#) == nil ? nil : Double(text)
    }
}

extension Value {
    subscript(key: String) -> Value? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// The members of an object; none for anything else.
    var members: [Member] { if case .object(let members) = self { members } else { [] } }
    var keys: [String] { members.map(\.key) }
    /// The items of an array; none for anything else.
    var items: [Value] { if case .array(let items) = self { items } else { [] } }
    var string: String? { if case .string(let text) = self { text } else { nil } }
    var number: Double? { if case .number(let number) = self { number } else { nil } }
    var strings: [String] { items.compactMap(\.string) }

    /// What a local reference (`#/components/…`, RFC 6901) leads to.
    func resolve(_ reference: String) -> Value? {
        reference.split(separator: "/").dropFirst()
            .reduce(self) { value, token in
                value?[String(token).replacing("~1", with: "/").replacing("~0", with: "~")]
            }
    }

    /// This value, or what it refers to.
    func dereferenced(in root: Value) -> Value {
        guard let reference = self["$ref"]?.string else { return self }
        return root.resolve(reference) ?? .null
    }
}
