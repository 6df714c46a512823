internal import Configuration
internal import Transport

/// What is wrong with, or odd about, the definition of an HTTP check.
enum HTTPLint {
    /// Headers that HTTP itself needs; a wrong one could make a second request of the first.
    private static let ownHeaders = ["connection", "content-length", "expect", "te", "transfer-encoding", "upgrade"]

    static func diagnostics(for definition: CheckDefinition) -> [Diagnostic] {
        let url = definition.url
        return TLSOptions.diagnostics(for: definition, isSecure: url.scheme == "https")
            + headers(definition) + authorization(definition, url) + content(definition) + expectation(definition)
    }

    private static func headers(_ definition: CheckDefinition) -> [Diagnostic] {
        func error(_ message: String) -> Diagnostic { definition.diagnostic(.error, option: "headers", message) }
        var found: [Diagnostic] = []
        for header in definition.textMap("headers") ?? [] {
            let name = header.name.lowercased()
            if !HTTPHeader.isName(header.name) {
                found.append(error("'\(header.name)' is no name of a header"))
            } else if name == "host" {
                found.append(error("use 'host' instead of a Host header"))
            } else if ownHeaders.contains(name) {
                found.append(error("\(header.name) is set by allclear itself"))
            } else if case .value(let value) = header.value, HTTPHeader(header.name, value.reveal()) == nil {
                found.append(error("\(header.name) must not hold control characters"))
            }
        }
        if let host = definition.text("host"), host.isEmpty || host.contains(" ") || HTTPHeader("Host", host) == nil {
            found.append(definition.diagnostic(.error, option: "host", "must be a host, or host:port"))
        }
        return found
    }

    private static func authorization(_ definition: CheckDefinition, _ url: ServiceURL) -> [Diagnostic] {
        var given = ["bearerToken", "basicAuth"].filter { definition.secret($0) != nil }
        if (definition.textMap("headers") ?? []).contains(where: { $0.name.lowercased() == "authorization" }) {
            given.append("headers.Authorization")
        }
        if url.user != nil || url.password != nil { given.append("the URL's user and password") }
        var found: [Diagnostic] = []
        if given.count > 1 {
            let message = "only one of them can stand in the Authorization header: \(given.joined(separator: ", "))"
            found.append(definition.diagnostic(.error, message))
        }
        if case .value(let pair)? = definition.secret("basicAuth"), !pair.reveal().contains(":") {
            found.append(definition.diagnostic(.error, option: "basicAuth", "must be user:password"))
        }
        if !given.isEmpty, url.scheme == "http", !url.isLocal {
            found.append(definition.diagnostic(.warning, "credentials cross the network in clear; use https://"))
        }
        return found
    }

    private static func content(_ definition: CheckDefinition) -> [Diagnostic] {
        let method = definition.text("method") ?? "GET"
        var found: [Diagnostic] = []
        if method == "HEAD" {
            for option in ["body", "json"] where definition.options.contains(where: { $0.name == option }) {
                found.append(definition.diagnostic(.error, option: option, "the answer to HEAD has no body"))
            }
            if definition.secret("requestBody") != nil {
                found.append(definition.diagnostic(.error, option: "requestBody", "HEAD takes no body"))
            }
        }
        if method != "GET", method != "HEAD", definition.integer("followRedirects") ?? 0 > 0 {
            found.append(
                definition.diagnostic(.error, option: "followRedirects", "only GET and HEAD can be redirected safely")
            )
        }
        return found
    }

    private static func expectation(_ definition: CheckDefinition) -> [Diagnostic] {
        var found: [Diagnostic] = []
        do throws(Mistake) {
            if let body = definition.text("body") { _ = try Sought(body) }
        } catch {
            found.append(definition.diagnostic(.error, option: "body", error.description))
        }
        for entry in definition.textMap("json") ?? [] {
            do throws(Mistake) {
                _ = try HTTPExpectation.Member(entry)
            } catch {
                found.append(definition.diagnostic(.error, option: "json", error.description))
            }
        }
        return found
    }
}
