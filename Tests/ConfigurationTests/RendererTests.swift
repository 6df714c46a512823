import Testing

@testable import Configuration

/// Templates of any format: what is replaced, what is left alone, and where a mistake stands.
struct RendererTests {
    private static let environment = [
        "A": "1", "B": "", "D": "${A} $$", "É": "no name", "S_FILE": "/s", "Z": "a\u{FFFD}b",
    ]

    private static let files = FileReader { (path, _) throws(FileReader.Failure) in
        guard let text = ["/s": "secret\n", "/empty": "\n"][path] else { throw .notFound }
        return Array(text.utf8)
    }

    private func render(
        _ template: [UInt8],
        only names: Set<String>? = nil,
        _ environment: [String: String] = environment
    ) -> (rendered: [UInt8]?, messages: [String]) {
        let renderer = Renderer(environment: environment, files: Self.files)
        let (rendered, diagnostics) = renderer.render(template, named: "t", only: names)
        return (rendered, diagnostics.sorted.map(\.description))
    }

    private func text(_ template: String, only names: Set<String>? = nil) -> String? {
        render(Array(template.utf8), only: names).rendered.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        "What has braces is replaced, once; all else stays",
        arguments: [
            ("", ""), ("a\n", "a\n"), ("${A}", "1"), ("x${A}${A}y", "x11y"), ("[${B}]", "[]"), ("${B:-d}", "d"),
            ("${C:-a b:-c}", "a b:-c"), ("${A:?needed}", "1"), ("${D}", "${A} $$"), ("${S}", "secret"),
            ("${S_FILE}", "/s"), ("$$", "$"), ("$${A}", "${A}"), ("$$${A}", "$1"), ("$$$$", "$$"),
            ("$host $1 $request_uri $A", "$host $1 $request_uri $A"), ("100$", "100$"), ("$\0{A}", "$\0{A}"),
            ("{A} #{A} %{A}", "{A} #{A} %{A}"),
        ]
    )
    func replaced(template: String, expected: String) {
        #expect(text(template) == expected)
    }

    @Test(
        "Where variables are named, they alone are replaced",
        arguments: [
            ("${A} ${HOST} ${C:-d} ${", "1 ${HOST} ${C:-d} ${"), ("$$ $${A} $$A", "$$ $1 $$A"),
            ("${A:-d}${AA}${A-}", nil), ("${AA} ${HOST-x} ${${A}}", "${AA} ${HOST-x} ${1}"), ("${A", nil),
        ] as [(String, String?)]
    )
    func only(template: String, expected: String?) {
        #expect(text(template, only: ["A"]) == expected)
    }

    @Test("Bytes that are no UTF-8 stay as they are")
    func bytes() {
        let template: [UInt8] = [0xFF, 0x24, 0x7B, 0x41, 0x7D, 0x00, 0xC3, 0x28, 0x0D, 0x0A]
        #expect(render(template).rendered == [0xFF, 0x31, 0x00, 0xC3, 0x28, 0x0D, 0x0A])
        #expect(render([0x24, 0x7B, 0x43, 0x3A, 0x2D, 0xFF, 0x7D]).messages.count == 1)
    }

    @Test("Every mistake is told with its place, characters counted and not bytes, and nothing is rendered")
    func places() {
        let template = """
            äöü€😀 ${FIRST} ${SECOND:?say it}
            \tok ${A} ${1X} ${X-Y}

            é${OUT:-${INNER}} ${Z} ${
            """
        let (rendered, messages) = render(Array(template.utf8))
        #expect(rendered == nil)
        #expect(
            messages == [
                "t:1:7: error: the variable FIRST is not set",
                "t:1:16: error: the variable SECOND is not set or empty: say it",
                "t:2:10: error: \(Self.malformed)", "t:2:16: error: \(Self.malformed)",
                "t:4:2: error: placeholders cannot stand within each other",
                "t:4:9: error: the variable INNER is not set", "t:4:19: error: the variable Z is not UTF-8 text",
                "t:4:24: error: a `${` is never closed; write `$$` for a dollar sign",
            ]
        )
    }

    @Test(
        "A file in place of a variable is read, and what is wrong with it is told without a value",
        arguments: [
            (["X_FILE": "/nowhere"], "t:1:1: error: cannot read /nowhere, which X_FILE names: no such file"),
            (["X_FILE": "/s", "X": "v4lue"], "t:1:1: error: both X and X_FILE are set; unset one of them"),
            (["X_FILE": "/empty"], "t:1:1: error: the variable X is not set or empty: needed"),
            (["X_FILE": ""], "t:1:1: error: the variable X is not set or empty: needed"),
        ]
    )
    func secretFiles(environment: [String: String], message: String) {
        #expect(render(Array("${X:?needed}".utf8), environment).messages == [message])
    }

    @Test("Variables that may be replaced are named by commas or as for envsubst, and one that is nowhere is told")
    func names() throws {
        #expect(try Renderer.names(in: ["A,B", " $C ${D}\n"]) == ["A", "B", "C", "D"])
        for list in ["", ",", "A-B", "${A", "$", "1"] {
            #expect(throws: Mistake.self) { try Renderer.names(in: [list]) }
        }
        let (rendered, messages) = render(Array("${A}".utf8), only: ["A", "AA"])
        #expect(rendered == [0x31])
        #expect(messages == ["--only: warning: the template has no ${AA}"])
    }

    @Test("A template of sixteen megabytes is no trouble")
    func large() {
        let template = Array(repeating: Array("0123456789${A}\n".utf8), count: 1 << 20).flatMap { $0 }
        #expect(render(template).rendered?.count == 12 << 20)
    }

    private static let malformed =
        "a placeholder is `${NAME}`, `${NAME:-default}` or `${NAME:?message}`; write `$$` for a dollar sign"
}
