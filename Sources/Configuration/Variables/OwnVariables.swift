/// Which of the environment's `ALLCLEAR_…` variables mean something to the gateway.
enum OwnVariables {
    static let prefix = "ALLCLEAR_"
    static let checkPrefix = "ALLCLEAR_CHECK_"
    static let config = "ALLCLEAR_CONFIG"
    static let listen = "ALLCLEAR_LISTEN"
    static let discover = "ALLCLEAR_DISCOVER"
    static let logLevel = "ALLCLEAR_LOG_LEVEL"
    static let logFormat = "ALLCLEAR_LOG_FORMAT"
    /// The command `status` reads it.
    static let address = "ALLCLEAR_ADDRESS"
    /// Of a later release, with the start of a sentence: "… not built in yet".
    static let later = ["ALLCLEAR_ADMIN": "the admin socket is"]

    static let known = [config, listen, discover, logLevel, logFormat, address] + later.keys.sorted()

    /// A variable that defines a check, and the check's name, which may be none.
    struct Check: Hashable, Sendable {
        /// Without `_FILE`.
        let variable: String
        let name: String
    }

    /// The checks that variables define, by name.
    static func checks(in environment: [String: String]) -> [Check] {
        let variables = environment.keys.filter { $0.hasPrefix(checkPrefix) && !isKubernetes($0, in: environment) }
            .map { $0.hasSuffix("_FILE") ? String($0.dropLast(5)) : $0 }
        return Set(variables).sorted()
            .map { variable in
                let name = variable.dropFirst(checkPrefix.count).lowercased().replacing("_", with: "-")
                return Check(variable: variable, name: name)
            }
    }

    /// Those that mean nothing: neither known, nor a check, nor referred to, nor Kubernetes' own; by name.
    static func unknown(in environment: [String: String], referenced: Set<String>) -> [String] {
        environment.keys
            .filter { name in
                name.hasPrefix(prefix) && !known.contains(name) && !name.hasPrefix(checkPrefix)
                    && !referenced.contains(name)
                    && !isKubernetes(name, in: environment)
            }
            .sorted()
    }

    /// Whether Kubernetes (or a Docker link) made a variable for a service, whose name may well begin with `allclear`
    /// (CONTRACT section 11).
    ///
    /// `ALLCLEAR_CHECK_DB_PORT` may also be a user's check called `db-port`: it is Kubernetes' only beside the
    /// `…_SERVICE_HOST` that Kubernetes always makes too.
    static func isKubernetes(_ name: String, in environment: [String: String]) -> Bool {
        guard let service = service(of: name) else { return false }
        return !name.hasPrefix(checkPrefix) || name != service + "_PORT"
            || environment[service + "_SERVICE_HOST"] != nil
    }

    /// The upper-case name of the service that a variable would be about.
    private static func service(of name: String) -> String? {
        if name.hasSuffix("_SERVICE_HOST") { return String(name.dropLast("_SERVICE_HOST".count)) }
        if let range = name.ranges(of: "_SERVICE_PORT").last {
            let rest = name[range.upperBound...]
            if rest.isEmpty || rest.hasPrefix("_") { return String(name[..<range.lowerBound]) }
        }
        guard let range = name.ranges(of: "_PORT").last else { return nil }
        let rest = name[range.upperBound...].split(separator: "_", omittingEmptySubsequences: false)
        let isPort = rest.count == 1 && rest[0].isEmpty
        let isPortAndProtocol =
            rest.count >= 3 && rest[0].isEmpty && Int(rest[1]) != nil && ["TCP", "UDP", "SCTP"].contains(rest[2])
        return isPort || isPortAndProtocol ? String(name[..<range.lowerBound]) : nil
    }
}
