import Foundation
import Testing

@testable import Configuration

/// Each wrong configuration beside the exact text of everything that is said about it.
///
/// First lines of a fixture may set the scene: `# env NAME=value`, `# file /path content`, `# check [NAME=]URL`.
/// `UPDATE_FIXTURES=1 swift test` writes the expected texts anew.
struct FixtureTests {
    /// Stands in fixtures wherever a secret may stand, and must never be seen again.
    static let canary = "c4n4ry"

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")

    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
    }()

    @Test("Each wrong configuration gives exactly the expected text", arguments: names)
    func messages(name: String) throws {
        let text = try Self.load(name)
        let expected = Self.folder.appendingPathComponent("\(name).expected")
        if ProcessInfo.processInfo.environment["UPDATE_FIXTURES"] != nil {
            try text.write(to: expected, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: expected, encoding: .utf8) == text)
    }

    @Test("No message shows a secret or what a variable holds", arguments: names)
    func secrecy(name: String) throws {
        #expect(!(try Self.load(name)).contains(Self.canary))
    }

    @Test("There are enough fixtures, and secrets in many of them")
    func coverage() throws {
        let texts = try Self.names.map { try Self.text(of: $0) }
        #expect(texts.count >= 30)
        #expect(texts.count { $0.contains(Self.canary) } >= 10)
    }

    private static func text(of name: String) throws -> String {
        // Bytes, not text: some fixtures are no UTF-8.
        String(decoding: try Data(contentsOf: folder.appendingPathComponent("\(name).yaml")), as: UTF8.self)
    }

    private static func load(_ name: String) throws -> String {
        let bytes = Array(try Data(contentsOf: folder.appendingPathComponent("\(name).yaml")))
        var environment: [String: String] = [:]
        var files: [String: String] = [:]
        var arguments = CommandLineOptions(config: "\(name).yaml")
        for line in try text(of: name).split(whereSeparator: \.isNewline).prefix(while: { $0.hasPrefix("# ") }) {
            let words = line.dropFirst(2).split(separator: " ", maxSplits: 1).map(String.init)
            guard words.count == 2 else { continue }
            let pair = words[1]
                .split(separator: words[0] == "env" ? "=" : " ", maxSplits: 1, omittingEmptySubsequences: false)
                .map(String.init)
            switch words[0] {
            case "env": environment[pair[0]] = pair[1]
            case "file": files[pair[0]] = pair[1]
            case "check": arguments.checks.append(words[1])
            case "listen": arguments.listen.append(words[1])
            default: continue
            }
        }
        let loader = ConfigurationLoader(
            types: TestCheckTypes.all,
            environment: environment,
            files: FileReader { [files] (path, _) throws(FileReader.Failure) in
                if path == "\(name).yaml" { return bytes }
                guard let text = files[path] else { throw .notFound }
                return Array(text.utf8)
            }
        )
        let (configuration, diagnostics) = loader.load(arguments)
        // Wherever a valid configuration describes itself, its secrets must not be seen either.
        let described =
            configuration.map { $0.checks.map { "\($0.targetDescription) \($0.options) \($0.target)" } } ?? []
        #expect(!described.joined().contains(canary))
        return diagnostics.sorted.map { "\($0)\n" }.joined()
    }
}
