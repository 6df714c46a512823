import TestSupport

extension Certificates {
    /// What a check that trusts ``authority`` says of a server with each certificate, by name or address; nil for a pass.
    var codes: [(Pair, String?)] {
        [
            (server, nil), (expired, "secure.expired"), (notYetValid, "secure.not_yet_valid"),
            (wrongName, "secure.name_mismatch"), (unknownIssuer, "secure.untrusted"), (selfSigned, "secure.untrusted"),
        ]
    }
}
