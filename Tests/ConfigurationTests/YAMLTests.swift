import Testing

@testable import Configuration

struct YAMLTests {
    private func read(_ text: String) -> (root: Node?, messages: [String]) {
        let (root, diagnostics) = YAMLDocument.read(Array(text.utf8), path: "f")
        return (root, diagnostics.map(\.description))
    }

    private func value(_ node: Node?, _ key: String) -> Node? {
        guard case .mapping(let entries)? = node?.content else { return nil }
        return entries.first { $0.key == key }?.value
    }

    @Test(
        "A value knows its line and column, whatever ends lines and begins the file",
        arguments: [
            "a: 1\nb:\n  c: x\n", "a: 1\r\nb:\r\n  c: x\r\n", "\u{FEFF}a: 1\nb:\n  c: x\n",
            "# é\nb: {  c: x}\n# x\n".replacing("# é\n", with: "é: 1\n"),
        ]
    )
    func places(text: String) throws {
        let (root, messages) = read(text)
        let node = try #require(value(value(root, "b"), "c"))
        #expect(messages.isEmpty)
        guard case .file("f", let line, let column) = node.location else {
            Issue.record("no place")
            return
        }
        #expect((line, column) == (text.contains("{") ? (2, 10) : (3, 6)))
    }

    @Test(
        "An empty file and one of comments hold nothing, and are no mistake",
        arguments: ["", "\n", "# nothing\n", "---\n", "~\n", "null\n"]
    )
    func empty(text: String) {
        let (root, messages) = read(text)
        #expect(root == nil && messages.isEmpty)
    }

    @Test("An alias stands for what its anchor marks")
    func alias() throws {
        let (root, messages) = read("a: &a [x, y]\nb: *a\n")
        #expect(messages.isEmpty)
        #expect(try #require(value(root, "b")).shown == "x y")
    }

    @Test("An alias cannot stand within what its anchor marks")
    func recursiveAlias() {
        #expect(read("a: &a [*a]\n").messages.count == 1)
    }

    @Test("Aliases of aliases end at the limit, quickly and without the memory")
    func billionLaughs() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...30 {
            text += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", "))]\n"
        }
        let (root, messages) = read(text)
        #expect(root == nil)
        #expect(messages == ["f:5:45: error: the file holds more than 100000 values, aliases included"])
    }

    @Test(
        "No text, however broken, brings the reader down",
        arguments: [
            "{", "[", "*a", "? ", "- - -", "a: |", "!", "%", "\"\\x", "{a: [}", "a: {b", ": :", "\u{0}",
            "---\n...\n---\n",
        ]
    )
    func broken(text: String) {
        let (root, messages) = read(text)
        #expect(root != nil || !messages.isEmpty || text.hasPrefix("---"))
    }

    @Test("Every start of a valid file is read without harm")
    func prefixes() {
        let text =
            "listen: [\":8484\", {address: \"unix:/x\", detail: full}]\nchecks:\n  é: {url: \"a://b\", x: 'it''s'}\n  - z\n"
        let bytes = Array(text.utf8)
        for length in 0...bytes.count {
            let (root, diagnostics) = YAMLDocument.read(Array(bytes.prefix(length)), path: "f")
            #expect(root != nil || length == 0 || !diagnostics.isEmpty)
        }
    }
}
