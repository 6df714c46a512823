internal import CYAML

/// The one owner of a libyaml parser: bytes in, events with their places out.
///
/// Call ``next()`` until it gives `streamEnd` or throws, not further. Not for use by two tasks at once.
struct YAMLEventParser: ~Copyable {
    /// A place in the text; both count from 0, columns in characters.
    struct Position: Hashable, Sendable {
        let line: Int
        let column: Int
    }

    enum Event: Sendable {
        case documentStart
        case documentEnd
        case streamEnd
        case scalar(String, isPlain: Bool, Properties)
        case sequenceStart(Properties)
        case mappingStart(Properties)
        case collectionEnd
        case alias(String)
    }

    /// What may stand before a node.
    struct Properties: Sendable {
        let anchor: String?
        let tag: String?
    }

    /// What libyaml says of text that is no YAML.
    struct SyntaxError: Error {
        let problem: String
        /// What it was doing, as `while scanning a quoted scalar`; empty where it does not say.
        let context: String
        let position: Position
        /// Where ``context`` began.
        let contextPosition: Position
        /// The byte that the reader stumbled over, from 0; nil for other mistakes, which have a ``position``.
        let offset: Int?
    }

    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>

    init(_ bytes: [UInt8]) {
        parser = .allocate(capacity: 1)
        guard yaml_parser_initialize(parser) == 1 else { preconditionFailure("out of memory") }
        // libyaml reads from the bytes while it parses, so they must stay where they are as long as it lives.
        input = .allocate(capacity: max(1, bytes.count))
        _ = input.update(fromContentsOf: bytes)
        yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    mutating func next() throws(SyntaxError) -> (Event, Position) {
        while true {
            var event = yaml_event_t()
            guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError }
            defer { yaml_event_delete(&event) }
            if let translated = Self.translate(event) { return (translated, Position(event.start_mark)) }
        }
    }

    /// Nil for the start of the stream, which says nothing.
    private static func translate(_ event: yaml_event_t) -> Event? {
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_STREAM_END_EVENT: return .streamEnd
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return .collectionEnd
        case YAML_ALIAS_EVENT: return .alias(text(event.data.alias.anchor) ?? "")
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            return .sequenceStart(Properties(anchor: text(start.anchor), tag: text(start.tag)))
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            return .mappingStart(Properties(anchor: text(start.anchor), tag: text(start.tag)))
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let value = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            let properties = Properties(anchor: text(scalar.anchor), tag: text(scalar.tag))
            return .scalar(value, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE, properties)
        default: return nil
        }
    }

    private static func text(_ bytes: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        bytes.map { String(cString: $0) }
    }

    private var syntaxError: SyntaxError {
        let state = parser.pointee
        return SyntaxError(
            problem: state.problem.map { String(cString: $0) } ?? "it cannot be read",
            context: state.context.map { String(cString: $0) } ?? "",
            position: Position(state.problem_mark),
            contextPosition: Position(state.context_mark),
            offset: state.error == YAML_READER_ERROR ? Int(state.problem_offset) : nil
        )
    }
}

extension YAMLEventParser.Position {
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: Int(mark.line), column: Int(mark.column))
    }
}
