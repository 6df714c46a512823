import Foundation

/// Whether tests against real servers (PostgreSQL, Redis, RabbitMQ, PgBouncer, nginx, gunicorn) run here.
///
/// Use as `@Suite(.enabled(if: RealServers.areWanted([.redis]), "\(RealServers.whyNot([.redis]))"))`.
package enum RealServers {
    /// A server that a test needs.
    package enum Kind: String, Sendable, CaseIterable {
        case postgreSQL = "postgresql-15"
        case redis = "redis-server"
        case rabbitMQ = "rabbitmq-server"
        case pgBouncer = "pgbouncer"
        case nginx = "nginx"
        case gunicorn = "gunicorn"

        /// Whether its program stands on this machine.
        package var isInstalled: Bool {
            switch self {
            case .postgreSQL: PostgreSQLServer.programs != nil
            case .redis: Tool.find("redis-server") != nil
            case .rabbitMQ: access(RabbitMQServer.program, X_OK) == 0
            case .pgBouncer: Tool.find("pgbouncer") != nil
            case .nginx: Tool.find("nginx") != nil
            case .gunicorn: Tool.find("gunicorn") != nil
            }
        }
    }

    /// False when `ALLCLEAR_SKIP_REAL=1` (the run under the thread sanitizer), and on a machine that lacks one of `kinds`.
    ///
    /// In CI (`CI` is set and not `false`) a missing server does not count: the test runs, and fails when it starts the server.
    package static func areWanted(_ kinds: [Kind] = Kind.allCases) -> Bool {
        if isSet("ALLCLEAR_SKIP_REAL") { return false }
        return isSet("CI") || kinds.allSatisfy(\.isInstalled)
    }

    /// The comment for a skip: what is missing.
    package static func whyNot(_ kinds: [Kind] = Kind.allCases) -> String {
        if isSet("ALLCLEAR_SKIP_REAL") { return "ALLCLEAR_SKIP_REAL is set" }
        let missing = kinds.filter { !$0.isInstalled }.map(\.rawValue)
        return "not installed: \(missing.joined(separator: ", "))"
    }

    private static func isSet(_ name: String) -> Bool {
        !["", "0", "false"].contains(ProcessInfo.processInfo.environment[name] ?? "")
    }
}
