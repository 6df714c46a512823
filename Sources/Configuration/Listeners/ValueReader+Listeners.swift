extension ValueReader {
    /// The `listen` of the file; nil where it is empty or wrong.
    mutating func listeners(_ node: Node) -> [Listener]? {
        guard let items = items(of: node, "listen", example: #"[":8484"]"#) else { return nil }
        var listeners: [Listener] = []
        for (index, item) in items.enumerated() {
            guard let listener = listener(item, "listen[\(index)]") else { continue }
            add(listener, to: &listeners, "listen[\(index)]")
        }
        return listeners.isEmpty ? nil : listeners
    }

    /// Addresses from a variable or from arguments; nil where there are none or all are wrong.
    mutating func listeners(_ texts: [(text: String, location: SourceLocation)]) -> [Listener]? {
        var listeners: [Listener] = []
        for (text, location) in texts {
            let node = Node(text: text, placeholders: .none, at: location)
            guard let listener = listener(text, detail: .summary, node, "listen") else { continue }
            add(listener, to: &listeners, "listen")
        }
        return listeners.isEmpty ? nil : listeners
    }

    private mutating func add(_ listener: Listener, to listeners: inout [Listener], _ path: String) {
        guard !listeners.contains(where: { $0.address == listener.address && !$0.mayRepeat }) else {
            report(at: listener.location, path, "the same address is listed twice")
            return
        }
        listeners.append(listener)
    }

    private mutating func listener(_ node: Node, _ path: String) -> Listener? {
        guard case .mapping = node.content else {
            guard let text = text(node, path) else { return nil }
            return listener(text, detail: .summary, node, path)
        }
        let errorsBefore = diagnostics.errorCount
        let values = readAll(node, ConfigurationKeys.listener, path)
        guard diagnostics.errorCount == errorsBefore else { return nil }
        guard let text = values["address"]?.text else {
            report(at: node.location, path, "needs an `address`")
            return nil
        }
        let detail = values["detail"]?.text.flatMap(Listener.Detail.init(rawValue:)) ?? .summary
        return listener(text, detail: detail, node, path)
    }

    private mutating func listener(_ text: String, detail: Listener.Detail, _ node: Node, _ path: String) -> Listener? {
        do {
            let address = try Listener.Address(parsing: text)
            return Listener(address: address, detail: detail, text: text, location: node.location)
        } catch {
            report(at: node.location, path, error.description)
            return nil
        }
    }
}

extension Listener {
    /// Each port 0 is another port.
    fileprivate var mayRepeat: Bool {
        if case .tcp(_, port: 0) = address { true } else { false }
    }
}
