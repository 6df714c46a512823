import Foundation

/// The Dockerfile and the script beside it, as they stand in the source.
package enum ImageSource {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../..")

    package static func dockerfile() throws -> String { try read("Dockerfile") }
    package static func script() throws -> String { try read(".ci/image-root") }

    /// The words of an instruction in exec form, such as `["a", "b"]` behind `HEALTHCHECK … CMD`.
    package static func words(behind instruction: String) throws -> [String] {
        try words(behind: instruction, in: dockerfile())
    }

    /// The same of another Dockerfile.
    package static func words(behind instruction: String, in dockerfile: String) throws -> [String] {
        let line = dockerfile.split(separator: "\n").first { $0.hasPrefix(instruction) } ?? ""
        guard let start = line.firstIndex(of: "[") else { throw CocoaError(.formatting) }
        return try JSONDecoder().decode([String].self, from: Data(line[start...].utf8))
    }

    package static func healthCheck() throws -> [String] { try words(behind: "HEALTHCHECK") }

    private static func read(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }
}
