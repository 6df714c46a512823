internal import Configuration
internal import Transport

/// How a check secures its connections: the options that every type with TLS of our own shares.
struct TLSOptions: Hashable, Sendable {
    let trust: TLSContext.Trust
    let identity: TLSContext.Identity?
    /// Nil where the name in the URL counts.
    let serverName: String?

    static let specs: [OptionSpec] = [
        OptionSpec("ca", .path, "PEM file with the issuers to trust", default: "the system's issuers"),
        OptionSpec("certificate", .path, "PEM file with the client certificate and its chain"),
        OptionSpec("certificateKey", .path, "PEM file with the key of the client certificate"),
        OptionSpec(
            "serverName",
            .text,
            "the name that the server's certificate must be for",
            default: "the host of the URL"
        ),
        OptionSpec("verify", .boolean, "whether the server's certificate is verified at all", default: "true"),
    ]

    /// - Precondition: the type of `definition` declares ``specs``.
    init(_ definition: CheckDefinition) {
        if definition.boolean("verify") == false {
            trust = .anyone
        } else {
            trust = definition.text("ca").map(TLSContext.Trust.file) ?? .system
        }
        if let certificate = definition.text("certificate"), let key = definition.text("certificateKey") {
            identity = TLSContext.Identity(certificate: certificate, key: key)
        } else {
            identity = nil
        }
        serverName = definition.text("serverName")
    }

    /// The context that all checks with these options share; throws `configure.*` with the file that cannot be used.
    func context(with network: Network) throws(TransportFailure) -> TLSContext {
        try network.tlsContexts.context(trust: trust, identity: identity)
    }

    /// What contradicts itself in the options, or means nothing since the URL asks for no TLS.
    static func diagnostics(for definition: CheckDefinition, isSecure: Bool) -> [Diagnostic] {
        let given = Set(definition.options.map(\.name))
        guard isSecure else {
            return specs.map(\.name).filter(given.contains)
                .map { name in
                    definition.diagnostic(.error, option: name, "means nothing without TLS; the URL asks for none")
                }
        }
        var found: [Diagnostic] = []
        for (one, other) in [("certificate", "certificateKey"), ("certificateKey", "certificate")]
        where given.contains(one) && !given.contains(other) {
            found.append(definition.diagnostic(.error, option: one, "needs '\(other)' beside it"))
        }
        if definition.boolean("verify") == false {
            for name in ["ca", "serverName"] where given.contains(name) {
                found.append(definition.diagnostic(.error, option: name, "means nothing with verify: false"))
            }
            let message = "the server is not authenticated: whoever is in between can read and answer"
            found.append(definition.diagnostic(.warning, option: "verify", message))
        }
        return found
    }
}
