import Foundation
import Testing

/// The documentation bundle, whose links no build checks.
struct ArticleTests {
    private static let folder = Repository.root.appendingPathComponent("Sources/Health/Documentation.docc")

    @Test("Every article is in the list of topics, and every link leads to one")
    func links() throws {
        let files = FileManager.default.enumerator(at: Self.folder, includingPropertiesForKeys: nil)?.allObjects ?? []
        let articles = files.compactMap { $0 as? URL }.filter { $0.pathExtension == "md" }
        let names = Set(articles.map { $0.deletingPathExtension().lastPathComponent })
        var listed: Set<String> = ["Health"]
        for article in articles {
            let links = try String(contentsOf: article, encoding: .utf8).matches(of: #/<doc:([^>]+)>/#)
                .map { String($0.1) }
            #expect(names.isSuperset(of: links), "\(article.lastPathComponent)")
            if article.lastPathComponent == "Health.md" { listed.formUnion(links) }
        }
        #expect(listed == names)
        #expect(names.count > 10)
    }
}
