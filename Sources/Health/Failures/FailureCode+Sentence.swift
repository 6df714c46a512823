extension FailureCode {
    /// One sentence out of a closed set, fit for readers who may not learn addresses, users or an upstream's own words.
    package var sentence: String {
        switch stage {
        case nil: stagelessSentence
        case .resolve: "its name could not be resolved: \(reason.phrase)"
        case .connect: "no connection: \(reason.phrase)"
        case .secure: "no secure connection: \(reason.phrase)"
        case .login: "no login: \(reason.phrase)"
        case .exchange: "it did not answer as it should: \(reason.phrase)"
        case .assert: "it answers, but not as asked for: \(reason.phrase)"
        case .run: "the command or file check failed: \(reason.phrase)"
        case .configure: "the check itself lacks something: \(reason.phrase)"
        }
    }

    private var stagelessSentence: String {
        switch reason {
        case .pending: "not checked yet"
        case .stale: "the last result is too old to be believed"
        case .draining: "the gateway is stopping"
        default: reason.phrase
        }
    }
}

extension FailureCode.Reason {
    /// The reason in words, for people.
    fileprivate var phrase: String {
        switch self {
        case .notFound: "not found"
        case .refused: "refused"
        case .unreachable: "unreachable"
        case .timedOut: "timed out"
        case .closed: "closed by the other side"
        case .malformed: "not understood"
        case .denied: "denied"
        case .untrusted: "the certificate's issuer is not trusted"
        case .expired: "the certificate has expired"
        case .expiring: "the certificate expires soon"
        case .nameMismatch: "the certificate is for another name"
        case .notYetValid: "the certificate is not valid yet"
        case .required: "the server demands more than was offered"
        case .unsupported: "the server does not support what is demanded"
        case .starting: "starting"
        case .recovering: "recovering"
        case .stopping: "stopping"
        case .overloaded: "overloaded"
        case .busy: "busy"
        case .blocked: "blocked"
        case .readOnly: "read-only"
        case .unexpected: "unexpected answer"
        case .wrongRole: "wrong role"
        case .lagging: "lagging behind"
        case .lagUnknown: "the lag is unknown"
        case .broken: "broken"
        case .pending: "not checked yet"
        case .stale: "too old"
        case .draining: "draining"
        }
    }
}
