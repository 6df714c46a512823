internal import Health

/// Where discovery looks, as `--discover` says it: `links`, `urls`, `links=postgres,redis` (CONTRACT section 5).
///
/// A comma separates; a piece that is neither `links` nor `urls` continues the list of names before it, as in
/// `links=postgres,redis,urls`.
struct DiscoverySources: Hashable, Sendable {
    /// Every Docker link.
    private(set) var links = false
    /// Kubernetes Services, or Docker links, in the order given.
    private(set) var names: [String] = []
    /// Variables that hold URLs, and PostgreSQL's own.
    private(set) var urls = false

    /// Where nobody says.
    static let usual = "links,urls"

    private static let words = ["links", "urls"]
    private static let namesPrefix = "links="

    init(parsing text: String) throws(Mistake) {
        var isList = false
        for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
            let word = piece.filter { !$0.isWhitespace }
            switch word {
            case "links": (links, isList) = (true, false)
            case "urls": (urls, isList) = (true, false)
            case _ where word.hasPrefix(Self.namesPrefix):
                isList = true
                try add(String(word.dropFirst(Self.namesPrefix.count)))
            case _ where isList: try add(word)
            default: throw Self.unknown(word)
            }
        }
    }

    private mutating func add(_ name: String) throws(Mistake) {
        let isName = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
        guard !name.isEmpty, isName else {
            throw Mistake("behind `links=` stand names of services, as in `links=postgres,redis`")
        }
        if !names.contains(name) { names.append(name) }
    }

    private static func unknown(_ word: String) -> Mistake {
        let known = "`links`, `urls` and `links=NAME,…`"
        guard !word.isEmpty else { return Mistake("must name where to look: \(known), separated by commas") }
        let hint = NearMiss.hint(for: String(word.prefix { $0 != "=" }), among: words)
        let found = word.oneLine(atMost: 60)
        return Mistake("knows \(known), and no `\(found)`; the name of a service stands behind `links=`\(hint)")
    }
}
