import Foundation

/// The names of all tests, as they stand in the sources from which this program was built.
enum TestNames {
    private static let sources: String = {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let files = FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil)?
            .compactMap { $0 as? URL }
        return (files ?? []).filter { $0.lastPathComponent.hasSuffix("Tests.swift") }
            .compactMap { try? String(contentsOf: $0, encoding: .utf8) }.joined()
    }()

    /// Held, unless one of the tests is gone.
    static func verdict(on names: [String]) -> Verdict {
        let gone = names.filter { !sources.contains("\"\($0)\"") }
        return gone.isEmpty ? .held(by: names) : .failed("no test is called “\(gone[0])”")
    }
}
