import Foundation

/// The environment of a container as it was set there, whole.
package enum RecordedEnvironment: String, CaseIterable, Sendable {
    /// A web application linked to PostgreSQL, Redis and RabbitMQ.
    case dockerLinks = "docker-links"
    /// A web application whose links stand there under three names each.
    case composeLinks = "compose-links"
    /// A pod in a namespace with several Services.
    case kubernetesPod = "kubernetes-pod"

    /// Stands in every password, and must never be seen again.
    package static let canary = "c4n4ry"

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Recorded")

    /// By name; `more` stands over it.
    package func variables(_ more: [String: String] = [:]) throws -> [String: String] {
        let text = try String(contentsOf: Self.folder.appendingPathComponent("\(rawValue).env"), encoding: .utf8)
        var variables = more
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if variables[parts[0]] == nil { variables[parts[0]] = parts[1] }
        }
        return variables
    }
}
