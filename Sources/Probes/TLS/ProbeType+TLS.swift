internal import Configuration
internal import Health
internal import Transport

extension ProbeType {
    /// `tls://`: the certificates of any server that speaks TLS, at once or after a word in its own protocol.
    static let tls = ProbeType(
        CheckType(
            name: "tls",
            schemes: [URLScheme("tls")],
            queryNamesOptions: true,
            options: options,
            summary: "a server proves its name over TLS, by a certificate that is trusted and valid for long enough",
            validate: diagnostics
        ),
        component: .component
    ) { definition, network throws(TransportFailure) in
        let url = definition.url
        return TLSProbe(
            endpoint: Endpoint(url),
            place: url.place,
            security: try StreamSecurity(definition, url, network),
            prelude: prelude(definition),
            terms: terms(definition),
            network: network
        )
    }

    private static let options =
        [
            OptionSpec("warnDays", .integer(0...days), "with fewer days left it is a warning", default: "7"),
            OptionSpec("minDays", .integer(0...days), "with fewer days left it is a failure", default: "0"),
            OptionSpec(
                "starttls",
                .choice(TLSPrelude.Language.allCases.map(\.rawValue)),
                "the protocol in which TLS is asked for",
                default: "none: TLS begins at once"
            ),
        ] + TLSOptions.specs

    /// As many as nobody's certificate is valid.
    private static let days = 36_500

    private static func terms(_ definition: CheckDefinition) -> CertificateTerms {
        CertificateTerms(minDays: definition.integer("minDays") ?? 0, warnDays: definition.integer("warnDays") ?? 7)
    }

    private static func prelude(_ definition: CheckDefinition) -> TLSPrelude.Language? {
        definition.text("starttls").flatMap(TLSPrelude.Language.init(rawValue:))
    }

    private static func diagnostics(_ definition: CheckDefinition) -> [Diagnostic] {
        var found = TLSOptions.diagnostics(for: definition, isSecure: true)
        let terms = terms(definition)
        if let warnDays = definition.integer("warnDays"), warnDays > 0, warnDays <= terms.minDays {
            let message = "never matters: it is not more than minDays (\(terms.minDays))"
            found.append(definition.diagnostic(.warning, option: "warnDays", message))
        }
        if prelude(definition) == .smtp, definition.policy.period < .seconds(30) {
            let message = "mail servers count connections and log each; a certificate can well be asked once in 10m"
            found.append(definition.diagnostic(.warning, option: "period", message))
        }
        return found
    }
}
