import Foundation
import TestSupport

extension Program {
    /// The gateway as it is shipped: stripped.
    ///
    /// - Parameter configuration: what stands in its file but for the listener.
    package static func allclear(_ configuration: String, as name: String = "allclear") async throws -> Program {
        let folder = try TemporaryFolder("bench")
        let port = FreePort.find()
        try folder.write("listen: [\"127.0.0.1:\(port)\"]\n\(configuration)", to: "allclear.yaml")
        return try Program(
            name,
            program: await StrippedProgram.shared.path(),
            arguments: ["serve", "--config", folder.file("allclear.yaml")],
            port: port,
            target: "/ready",
            in: folder
        )
    }

    /// The lines of a configuration for Redis checks at 1 s that fail at once, without jitter.
    ///
    /// - Parameter options: further ones of each check, such as `, hold: false`.
    package static func redisChecks(_ count: Int = 1, port: UInt16, options: String = "") -> String {
        let checks = (0..<count).map { "  c\($0): {url: \"redis://127.0.0.1:\(port)\"\(options)}\n" }
        return "defaults: {period: 1s, timeout: 1s, failureThreshold: 1, jitter: 0%}\nchecks:\n\(checks.joined())"
    }
}
