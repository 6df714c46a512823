import Foundation
import Testing

/// A text as it shall be, in a file beside the tests; `UPDATE_GOLDEN=1 swift test` writes all of them anew.
struct GoldenFile {
    let name: String

    init(_ name: String) {
        self.name = name
    }

    func expect(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let file = Self.folder.appendingPathComponent(name)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == text, sourceLocation: sourceLocation)
    }

    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Golden")
}
