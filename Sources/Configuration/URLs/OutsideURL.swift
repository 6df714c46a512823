/// A URL that stands outside YAML, with the options that follow it in its fragment (CONTRACT section 4).
struct OutsideURL: Hashable, Sendable {
    struct Item: Hashable, Sendable {
        let key: String
        /// Still encoded, its placeholders not yet replaced.
        let value: String
    }

    /// Without the fragment.
    let url: String
    let items: [Item]

    /// Fails with a sentence that quotes nothing: what stands after a `#` may be the end of a password.
    init(_ text: String) throws(URLProblem) {
        guard let hash = text.firstIndex(of: "#") else {
            (url, items) = (text, [])
            return
        }
        let fragment = text[hash...].dropFirst()
        guard !fragment.contains("@") else {
            throw URLProblem("holds an `@` after a `#`; percent-encode the `#` of a password: %23")
        }
        url = String(text[..<hash])
        items = try Self.items(of: fragment)
    }

    /// `,` or `&` separate; a piece without `=` continues the value before it, as in `status=200,301`.
    private static func items(of fragment: Substring) throws(URLProblem) -> [Item] {
        var items: [Item] = []
        var rest = fragment
        var separator = ""
        while !rest.isEmpty || !separator.isEmpty {
            let piece = rest.prefix { $0 != "," && $0 != "&" }
            if let equals = piece.firstIndex(of: "=") {
                let key = String(piece[..<equals])
                guard !key.isEmpty, key.allSatisfy({ $0.isASCII && $0.isLetter }) else { throw malformed }
                items.append(Item(key: key, value: String(piece[equals...].dropFirst())))
            } else {
                guard let last = items.popLast() else { throw malformed }
                items.append(Item(key: last.key, value: last.value + separator + piece))
            }
            separator = rest[piece.endIndex...].first.map(String.init) ?? ""
            rest = rest[piece.endIndex...].dropFirst()
        }
        return items
    }

    private static let malformed = URLProblem(
        "what stands after the `#` must be options, as in `#period=2s,required=false`; percent-encode a `#` of the URL: %23"
    )
}
