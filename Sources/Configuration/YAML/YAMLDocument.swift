/// Reads the text of one YAML file into a tree that knows where each value stands.
///
/// YAML 1.2 as far as a configuration needs it: one document, keys that are scalars and stand once, no tags, no merge
/// keys. Aliases are followed, within a limit on the size of the whole.
struct YAMLDocument: ~Copyable {
    /// Values in a file, those that aliases repeat included.
    private static let mostNodes = 100_000
    /// Collections within collections.
    private static let deepest = 32

    private let path: String
    private var events: YAMLEventParser
    private var anchors: [String: (node: Node, size: Int)] = [:]
    private var nodeCount = 0
    private var diagnostics: [Diagnostic] = []

    /// Why reading ended early.
    private enum Abort: Error {
        case syntax(YAMLEventParser.SyntaxError)
        case refused(YAMLEventParser.Position, String)
    }

    private init(_ bytes: [UInt8], path: String) {
        self.path = path
        events = YAMLEventParser(bytes)
    }

    /// The root of the document, nil for an empty one or one that cannot be read at all.
    static func read(_ fileBytes: [UInt8], path: String) -> (root: Node?, diagnostics: [Diagnostic]) {
        let bytes = YAMLText.withoutByteOrderMark(fileBytes)
        if let problem = YAMLText.firstProblem(in: bytes) {
            return (nil, [Diagnostic(.error, at: problem.position.location(in: path), path: "", problem.message)])
        }
        var document = YAMLDocument(bytes, path: path)
        do throws(Abort) {
            return (try document.readStream(), document.diagnostics)
        } catch {
            let (position, message) =
                switch error {
                case .syntax(let error): YAMLText.explain(error, in: bytes)
                case .refused(let position, let message): (position, message)
                }
            document.report(position, message)
        }
        return (nil, document.diagnostics)
    }

    private mutating func readStream() throws(Abort) -> Node? {
        guard case (.documentStart, _) = try next() else { return nil }
        let (event, position) = try next()
        let root = try node(event, position, depth: 0).node
        while true {
            switch try next() {
            case (.documentStart, let position):
                throw .refused(position, "a second document begins here; the configuration is one document")
            case (.streamEnd, _):
                return root.isNull ? nil : root
            default:
                continue
            }
        }
    }

    private mutating func next() throws(Abort) -> (YAMLEventParser.Event, YAMLEventParser.Position) {
        do {
            return try events.next()
        } catch {
            throw .syntax(error)
        }
    }

    /// A node and how many nodes it is made of.
    private mutating func node(
        _ event: YAMLEventParser.Event,
        _ position: YAMLEventParser.Position,
        depth: Int
    ) throws(Abort) -> (node: Node, size: Int) {
        guard depth < Self.deepest else { throw .refused(position, "is nested too deeply") }
        let location = position.location(in: path)
        switch event {
        case .scalar(let text, let isPlain, let properties):
            try count(1, at: position)
            let scalar = Node.Scalar(text: text, isPlain: isPlain, placeholders: .all)
            return keep((Node(.scalar(scalar), at: location), 1), properties, position)
        case .sequenceStart(let properties):
            try count(1, at: position)
            let (content, size) = try sequence(depth: depth)
            return keep((Node(content, at: location), size), properties, position)
        case .mappingStart(let properties):
            try count(1, at: position)
            let (content, size) = try mapping(depth: depth)
            return keep((Node(content, at: location), size), properties, position)
        case .alias(let name):
            guard let anchored = anchors[name] else {
                throw .refused(
                    position,
                    "no anchor `&\(name)` stands before this alias; quote a value that begins with `*`"
                )
            }
            try count(anchored.size, at: position)
            return anchored
        case .documentStart, .documentEnd, .streamEnd, .collectionEnd:
            preconditionFailure("libyaml promises a node here")
        }
    }

    private mutating func sequence(depth: Int) throws(Abort) -> (Node.Content, size: Int) {
        var items: [Node] = []
        var size = 1
        while true {
            let (event, position) = try next()
            if case .collectionEnd = event { return (.sequence(items), size) }
            let item = try node(event, position, depth: depth + 1)
            items.append(item.node)
            size += item.size
        }
    }

    private mutating func mapping(depth: Int) throws(Abort) -> (Node.Content, size: Int) {
        var entries: [Node.Entry] = []
        var lines: [String: Int] = [:]
        var size = 1
        while true {
            let (event, position) = try next()
            if case .collectionEnd = event { return (.mapping(entries), size) }
            let key = try node(event, position, depth: depth + 1)
            let (valueEvent, valuePosition) = try next()
            let value = try node(valueEvent, valuePosition, depth: depth + 1)
            size += key.size + value.size
            guard case .scalar(let scalar) = key.node.content, !key.node.isNull else {
                report(position, YAMLText.oddKey)
                continue
            }
            if scalar.text == "<<", scalar.isPlain {
                report(position, "merge keys (`<<`) are not supported; write the keys out")
                continue
            }
            if let line = lines.updateValue(position.line + 1, forKey: scalar.text) {
                report(position, "the key `\(scalar.text)` stands here a second time; the first is on line \(line)")
                continue
            }
            entries.append(Node.Entry(key: scalar.text, keyLocation: position.location(in: path), value: value.node))
        }
    }

    private mutating func keep(
        _ sized: (node: Node, size: Int),
        _ properties: YAMLEventParser.Properties,
        _ position: YAMLEventParser.Position
    ) -> (node: Node, size: Int) {
        if properties.tag != nil {
            report(
                position,
                "tags (`!…`) are not supported; each key knows what it holds. Quote a value that begins with `!`"
            )
        }
        if let anchor = properties.anchor { anchors[anchor] = sized }
        return sized
    }

    private mutating func count(_ nodes: Int, at position: YAMLEventParser.Position) throws(Abort) {
        nodeCount += nodes
        guard nodeCount <= Self.mostNodes else {
            throw .refused(position, "the file holds more than \(Self.mostNodes) values, aliases included")
        }
    }

    private mutating func report(_ position: YAMLEventParser.Position, _ message: String) {
        diagnostics.append(Diagnostic(.error, at: position.location(in: path), path: "", message))
    }
}

extension YAMLEventParser.Position {
    func location(in path: String) -> SourceLocation {
        .file(path: path, line: line + 1, column: column + 1)
    }
}
