internal import Configuration
internal import Transport

extension ProbeType {
    /// `http://`, `https://` and `http+unix://`: HTTP/1.1.
    static let http = ProbeType(
        CheckType(
            name: "http",
            schemes: [
                URLScheme("http", defaultPort: 80),
                URLScheme("https", defaultPort: 443),
                URLScheme("http+unix", .socketAsHost),
            ],
            options: options,
            holding: { _ in .onRequest },
            summary: "an HTTP server answers with the status, body or JSON asked for",
            validate: HTTPLint.diagnostics
        ),
        component: .component
    ) { definition, network throws(TransportFailure) in
        try HTTPRequest.prepare()
        let url = definition.url
        let tls = TLSOptions(definition)
        let isSecure = url.scheme == "https"
        let mostRedirects = definition.integer("followRedirects") ?? 0
        var request = HTTPRequest(
            method: definition.text("method") ?? "GET",
            url: HTTPURL(
                isSecure: isSecure,
                host: url.socketPath == nil ? url.host : "localhost",
                port: UInt16(clamping: url.port ?? 80),
                target: url.target
            ),
            socketPath: url.socketPath
        )
        if let host = definition.text("host"), let header = HTTPHeader("Host", host) { request.headers = [header] }
        if isSecure {
            request.tls = try tls.context(with: network)
            request.serverName = tls.serverName
        }
        return HTTPProbe(
            request: request,
            secrets: HTTPSecrets(definition, url),
            expectation: HTTPExpectation(definition),
            mostRedirects: mostRedirects,
            tlsElsewhere: mostRedirects == 0 ? nil : try network.tlsContexts.context(trust: tls.trust, identity: nil),
            place: url.place,
            network: network
        )
    }

    private static let options =
        [
            OptionSpec("method", .choice(methods), "the method of the request", default: "GET"),
            OptionSpec("headers", .textMap, "headers to send; their values are never shown"),
            OptionSpec("host", .text, "the Host header to send", default: "host and port of the URL"),
            OptionSpec("requestBody", .secret, "the body to send"),
            OptionSpec("status", .statusSet, "the statuses that count as a pass", default: "200-299"),
            OptionSpec("body", .text, "what the first 64 KiB of the body must contain: a text, or '~ regex'"),
            OptionSpec(
                "json",
                .textMap,
                "values that the body must hold as JSON, by path: {status: UP, 'nodes[0].up': true}"
            ),
            OptionSpec("bearerToken", .secret, "the token to send in the Authorization header"),
            OptionSpec("basicAuth", .secret, "user:password for the Authorization header", default: "those of the URL"),
            OptionSpec(
                "followRedirects",
                .integer(0...10),
                "how many redirects may be followed; secrets go to the URL's own host only",
                default: "0"
            ),
        ] + TLSOptions.specs

    private static let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
}

extension HTTPSecrets {
    fileprivate init(_ definition: CheckDefinition, _ url: ServiceURL) {
        headers = definition.textMap("headers") ?? []
        body = definition.secret("requestBody")
        if let token = definition.secret("bearerToken") {
            authorization = .bearer(token)
        } else if let pair = definition.secret("basicAuth") {
            authorization = .basic(pair)
        } else if url.user != nil || url.password != nil {
            authorization = .user(url.user ?? "", password: url.password)
        }
    }
}

extension HTTPExpectation {
    /// - Precondition: the definition is valid.
    fileprivate init(_ definition: CheckDefinition) {
        statuses = definition.statusSet("status") ?? Self.usualStatuses
        do {
            body = try definition.text("body").map(Sought.init)
            members = try (definition.textMap("json") ?? []).map(Member.init)
        } catch {
            preconditionFailure("an expectation was not validated: \(error)")
        }
    }
}
