internal import Configuration
internal import Postgres

extension ProbeType {
    /// What is wrong, or unwise, in the definition of a PostgreSQL check.
    static func postgreSQLDiagnostics(_ definition: CheckDefinition) -> [Diagnostic] {
        let url = definition.url
        var found = contradictions(in: definition)
        if let text = definition.text("expect") {
            do throws(Mistake) {
                _ = try Expectation(text)
            } catch {
                found.append(definition.diagnostic(.error, option: "expect", error.description))
            }
        }
        if definition.boolean("login") != false {
            if definition.text("user") ?? url.user == nil {
                found.append(definition.diagnostic(.warning, "names no user: it logs in as 'postgres'"))
            }
            if let warning = clearTextWarning(definition, url) { found.append(warning) }
        }
        return found
    }

    private static func contradictions(in definition: CheckDefinition) -> [Diagnostic] {
        var found: [Diagnostic] = []
        func refuse(_ option: String, _ message: String) {
            found.append(definition.diagnostic(.error, option: option, message))
        }
        if definition.text("expect") != nil, definition.text("query") == nil {
            refuse("expect", "needs a query whose result it judges")
        }
        if definition.text("query")?.allSatisfy(\.isWhitespace) == true { refuse("query", "must not be empty") }
        if definition.text("role") != nil, definition.text("target_session_attrs") != nil {
            refuse("target_session_attrs", "says the same as role; give one of them")
        }
        if (definition.text("sslcert") == nil) != (definition.text("sslkey") == nil) {
            let given = definition.text("sslcert") == nil ? "sslkey" : "sslcert"
            refuse(given, "sslcert and sslkey go together")
        }
        if definition.boolean("login") == false {
            let asked = ["role", "target_session_attrs", "query", "expect"].filter { definition.text($0) != nil }
            for option in asked + (definition.duration("maxLag") == nil ? [] : ["maxLag"]) {
                refuse(option, "cannot be asked without logging in; login is false")
            }
        }
        return found
    }

    private static func clearTextWarning(_ definition: CheckDefinition, _ url: ServiceURL) -> Diagnostic? {
        guard definition.password != nil, !url.isLocal else { return nil }
        let mode = definition.text("sslmode")
        switch mode.flatMap(LoginParameters.TLSMode.init(rawValue:)) ?? .prefer {
        case .require, .verifyCA, .verifyFull: return nil
        case .disable, .allow, .prefer:
            let given =
                mode == nil ? "sslmode is not given, so that a server without TLS is accepted" : "sslmode is '\(mode!)'"
            return definition.diagnostic(
                .warning,
                option: mode == nil ? nil : "sslmode",
                "\(given): the password may cross the network in clear; 'verify-full' prevents it"
            )
        }
    }
}
